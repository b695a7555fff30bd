"""How many files of the package a figure crosses from its table to the page.

`python -m studies.crossing` runs the cells of a notebook that take one figure from a bundled table
to a drawn and a printed one, reads their outputs as the page does, and lists the files that were
handed figures on the way: arrays, tables, or results of the package that hold them.
"""

from __future__ import annotations

import contextlib
import io
import sys
from collections.abc import Callable
from pathlib import Path
from types import FrameType
from typing import Any

import nbformat as nb
import numpy as np
import pandas as pd

ROOT = Path(__file__).resolve().parents[1]
PACKAGE = str(ROOT / "src" / "research") + "/"

#: What must stand in the cells that are run, and what is printed of the result, by journey.
JOURNEYS = {
    "a return": (
        "01_market_reactions",
        (
            "event_id: str",
            "from urllib.parse",
            "from research.figures",
            "load_market(source, own_groups)",
            "study = ",
            'name="paths"',
        ),
        'present(study.summary(window), {"event_id": ("event", "{}"), "kp_t": ("t", "{:.2f}")})',
    ),
    "a tariff rate": (
        "03_tariffs",
        (
            "import re",
            "from research.tariffs import",
            "rates.rate_steps()",
            'name="rate"',
        ),
        "",
    ),
}
MOST = 20


def carries(value: object) -> bool:
    """Say whether a value holds figures."""
    holds = isinstance(value, pd.DataFrame | pd.Series | np.ndarray)
    return holds or type(value).__module__.startswith("research.")


def traced(step: Callable[[], object], *, everything: bool = False) -> set[str]:
    """Run a step and give the files of the package that were handed figures, or all entered."""
    files: set[str] = set()

    def note(frame: FrameType, event: str, value: Any) -> None:
        file = frame.f_code.co_filename
        if event not in ("call", "return") or not file.startswith(PACKAGE):
            return
        given = [value] if event == "return" else list(frame.f_locals.values())
        if everything or any(map(carries, given)):
            files.add(file.removeprefix(PACKAGE))

    sys.setprofile(note)
    try:
        step()
    finally:
        sys.setprofile(None)
    return files


def journey(notebook: str, marks: tuple[str, ...], printed: str) -> set[str]:
    """Follow a figure through a notebook's cells and the page's reading of their outputs."""
    import matplotlib as mpl

    mpl.use("Agg")
    from IPython.core.interactiveshell import InteractiveShell

    from research.report.pages.page import Reading

    shell = InteractiveShell.instance()
    shell.reset(new_session=True)
    cells = nb.read(ROOT / "notebooks" / f"{notebook}.ipynb", as_version=4).cells
    code = [c for c in cells if c.cell_type == "code"]
    chosen = [next(c for c in code if mark in c.source) for mark in marks]
    files: set[str] = set()
    reading = Reading()
    # What the cells show is read by the page; the console has no use for it.
    with contextlib.redirect_stdout(io.StringIO()):
        for source in [*(c.source for c in chosen), *filter(None, [printed])]:
            files |= traced(lambda source=source: shell.run_cell(source).raise_error())
    for cell in chosen:
        if any(out.output_type == "execute_result" for out in cell.outputs):
            files |= traced(lambda cell=cell: reading.read(cell), everything=True)
    return files


def crossed() -> dict[str, set[str]]:
    """Follow the figure of each journey: the files that it crosses."""
    return {name: journey(*how) for name, how in JOURNEYS.items()}


def main() -> int:
    """Print the files of each journey; fail if one is too long."""
    found = crossed()
    for name, files in found.items():
        print(f"{name} crosses {len(files)} files (at most {MOST}): {', '.join(sorted(files))}")
    return int(max(map(len, found.values())) > MOST)


if __name__ == "__main__":
    sys.exit(main())
