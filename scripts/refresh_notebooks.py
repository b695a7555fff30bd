"""Runs every notebook and lesson in place with its defaults and stores the outputs.

`.venv/bin/python scripts/refresh_notebooks.py [NAME ...]`: for whoever changes a notebook or the
code behind it. `make test` then compares these outputs with a run of its own. What a notebook reads
of others comes from the outputs stored there, so those come first.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

import nbformat
from nbclient import NotebookClient

from research.report.notebooks import NOTEBOOKS
from research.report.plan import plan

#: Metadata of cells that stay: tags, and what makes editions and slides of a lesson.
KEPT = ("tags", "nbgrader", "slideshow")

FOLDER = Path(__file__).resolve().parents[1] / "notebooks"


def refresh(path: Path) -> None:
    """Execute a notebook and write it back without timings or widget state."""
    notebook = nbformat.read(path, as_version=4)
    # No timings: the stored file must not change when the figures do not.
    client = NotebookClient(notebook, timeout=600, kernel_name="python3", record_timing=False)
    client.execute(cwd=str(FOLDER.parent))
    for cell in notebook.cells:
        cell.metadata = {key: value for key, value in cell.metadata.items() if key in KEPT}
    notebook.metadata |= {
        "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
        "language_info": {"name": "python"},
    }
    nbformat.write(notebook, path)


def main() -> None:
    """Refresh the notebooks named, or all."""
    os.environ |= {"RESEARCH_FINDINGS": "stored", "OPENBLAS_NUM_THREADS": "1"}  # as tests do
    in_order = plan(NOTEBOOKS, names=[spec.name for spec in NOTEBOOKS])
    paths = [*(one.spec.path for one in in_order), *sorted(FOLDER.glob("teaching/*.ipynb"))]
    wanted = {*sys.argv[1:]} or {path.stem for path in paths}
    for path in paths:
        if path.stem in wanted:
            print(f"running {path.relative_to(FOLDER.parent)}")
            refresh(path)
    old = [one.run for one in in_order if {*one.spec.reads} & wanted and one.run not in wanted]
    print(f"These read them, refresh them too: {' '.join(old)}" if old else "done")


if __name__ == "__main__":
    main()
