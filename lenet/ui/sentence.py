"""A sentence for a person, where there is nothing else to give."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Sentence:
    """Says why there is no prediction, no picture or no B. The page shows ``text`` as it stands.

    A ``hint`` says what can be done. Every other sentence refuses something.
    """

    text: str
    hint: bool = False
