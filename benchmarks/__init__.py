"""This project against the textbook way, and the questions of the book's exercises measured."""
