"""Runs every notebook in place with its default parameters and stores the outputs.

`.venv/bin/python scripts/refresh_notebooks.py [NAME ...]`: for whoever changes a notebook or the
code behind it. `make test` then compares these outputs with a run of its own.
"""

from __future__ import annotations

import sys
from pathlib import Path

import nbformat
from nbclient import NotebookClient

NOTEBOOKS = Path(__file__).resolve().parents[1] / "notebooks"


def refresh(path: Path) -> None:
    """Execute a notebook and write it back without timings or widget state."""
    notebook = nbformat.read(path, as_version=4)
    # No timings: the stored file must not change when the figures do not.
    client = NotebookClient(notebook, timeout=600, kernel_name="python3", record_timing=False)
    client.execute(cwd=str(NOTEBOOKS.parent))
    for cell in notebook.cells:
        cell.metadata = {key: value for key, value in cell.metadata.items() if key == "tags"}
    notebook.metadata = {
        "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
        "language_info": {"name": "python"},
    }
    nbformat.write(notebook, path)


def main() -> None:
    """Refresh the notebooks named, or all."""
    wanted = set(sys.argv[1:])
    for path in sorted(NOTEBOOKS.glob("**/*.ipynb")):
        if not wanted or path.stem in wanted:
            print(f"running {path.relative_to(NOTEBOOKS.parent)}")
            refresh(path)


if __name__ == "__main__":
    main()
