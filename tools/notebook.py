"""Run the notebook in docs/ and write it again with its outputs.

python -m tools.notebook
"""

from pathlib import Path
from typing import Any

import nbformat
from nbclient import NotebookClient

ROOT = Path(__file__).parent.parent
NOTEBOOK = ROOT / "docs" / "exercise-4.ipynb"

PATIENCE = 120
"""Seconds that a cell may take."""


def run(path: Path) -> Any:
    """The notebook with the outputs of a fresh run, in the notebook's folder. Raises CellExecutionError."""
    notebook = nbformat.read(path, as_version=4)
    client = NotebookClient(notebook, timeout=PATIENCE, resources={"metadata": {"path": str(path.parent)}})
    client.execute()
    return cleaned(notebook)


def cleaned(notebook: Any) -> Any:
    """Without what differs from run to run, times and versions, and without each picture's copy in JPEG."""
    for cell in notebook.cells:
        cell.metadata.clear()
        for output in cell.get("outputs", []):
            output.get("data", {}).pop("image/jpeg", None)
    notebook.metadata["language_info"] = {"name": "python"}
    return notebook


def main() -> None:
    notebook = run(NOTEBOOK)
    nbformat.write(notebook, NOTEBOOK)


if __name__ == "__main__":
    main()
