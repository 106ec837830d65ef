"""The entry of the Hugging Face Space, and of the page anywhere: python app.py"""

import sys
from pathlib import Path

import gradio as gr

from lenet.ui.page import build, launch_options

try:
    demo = build(Path(__file__).parent / "checkpoints")
except (OSError, ValueError, gr.Error) as error:
    sys.exit(f"app.py: error: {error}")

if __name__ == "__main__":
    try:
        demo.launch(**launch_options())
    except OSError as error:
        sys.exit(f"app.py: error: {error}")
