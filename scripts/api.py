"""Writes pages of the Python interface from its docstrings: `python scripts/api.py FOLDER`."""

from __future__ import annotations

import importlib
import sys
from pathlib import Path

import pdoc

PUBLIC = ("research.events", "research.jobs", "research.tariffs", "research.data")


def write_api(folder: Path) -> None:
    """Write a page for each public package, with what its ``__all__`` names and no more."""
    for package in map(importlib.import_module, PUBLIC):
        for name in package.__all__:
            setattr(package, name, getattr(package, name))  # pdoc does not see what is loaded late
    pdoc.render.configure(docformat="numpy", show_source=False, search=False)
    pdoc.pdoc(*PUBLIC, r"!research\.\w+\..*", output_directory=folder)


if __name__ == "__main__":
    write_api(Path(sys.argv[1]))
