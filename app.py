"""The entry of the Hugging Face Space, and of the page anywhere: python app.py"""

from pathlib import Path

from lenet.ui.page import build, launch_options

demo = build(Path(__file__).parent / "checkpoints")

if __name__ == "__main__":
    demo.launch(**launch_options())
