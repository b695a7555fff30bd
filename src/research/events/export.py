"""Tables of results as files: tidy CSV, LaTeX with booktabs, accessible HTML."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
from markupsafe import escape

from research.errors import Fault, InputError, raise_if

#: What stands in LaTeX and HTML where a figure is missing; in CSV the cell is empty.
MISSING = "\N{EN DASH}"

_LATEX = {
    "\\": r"\textbackslash{}", "&": r"\&", "%": r"\%", "$": r"\$", "#": r"\#", "_": r"\_",
    "{": r"\{", "}": r"\}", "~": r"\textasciitilde{}", "^": r"\textasciicircum{}",
    MISSING: "--", "\N{MINUS SIGN}": "$-$", "\N{INFINITY}": r"$\infty$",
}  # fmt: skip


def export(frame: pd.DataFrame, path: str | Path, *, caption: str = "", digits: int = 4) -> Path:
    """Write a table of results; the ending of ``path`` says how.

    ``.csv`` holds every digit and no caption; ``.tex`` and ``.html`` are rounded for readers and
    need a caption. Levels of a named index become columns.

    Parameters
    ----------
    frame
        Any result in a frame, for example `EventStudy.tests` or `EventStudy.summary`.
    path
        Ends in ``.csv``, ``.tex`` or ``.html``; its folder exists.
    caption
        What the table shows, with units.
    digits
        Digits after the point of fractions and statistics, in LaTeX and HTML.

    Raises
    ------
    InputError
        If the ending is another one, a caption is missing, or the frame is empty.
    """
    target = Path(path)
    writers: dict[str, Callable[[pd.DataFrame], str]] = {
        ".csv": lambda table: str(table.to_csv(index=False, lineterminator="\n")),
        ".tex": lambda table: to_latex(_rounded(table, digits), caption, _numeric(table)),
        ".html": lambda table: to_html(_rounded(table, digits), caption, _numeric(table)),
    }
    _check(frame, target, caption, list(writers))
    named = any(name is not None for name in frame.index.names)
    table = frame.reset_index() if named else frame.reset_index(drop=True)
    target.write_text(writers[target.suffix](table), encoding="utf-8", newline="\n")
    return target


def to_latex(cells: pd.DataFrame, caption: str, numeric: list[bool]) -> str:
    """Lay text cells out as a LaTeX table for the package booktabs."""
    lines = [" & ".join(map(_latex, row)) + r" \\" for row in cells.itertuples(index=False)]
    return "\n".join(
        [
            r"\begin{table}",
            rf"\caption{{{_latex(caption)}}}",
            rf"\begin{{tabular}}{{{''.join('r' if number else 'l' for number in numeric)}}}",
            r"\toprule",
            " & ".join(map(_latex, cells.columns)) + r" \\",
            r"\midrule",
            *lines,
            r"\bottomrule",
            r"\end{tabular}",
            r"\end{table}",
            "",
        ]
    )


def to_html(cells: pd.DataFrame, caption: str, numeric: list[bool]) -> str:
    """Lay text cells out as an HTML table with a caption and headers that name their scope.

    The first column heads its row, so that a screen reader says whose figures follow.
    """
    align = [' style="text-align:right"' if number else "" for number in numeric]
    head = "".join(
        f'<th scope="col"{side}>{escape(name)}</th>'
        for name, side in zip(cells.columns, align, strict=True)
    )
    rows = [
        f'<tr><th scope="row">{escape(first)}</th>'
        + "".join(
            f"<td{side}>{escape(cell)}</td>" for cell, side in zip(rest, align[1:], strict=True)
        )
        + "</tr>"
        for first, *rest in cells.itertuples(index=False)
    ]
    body = "\n".join(rows)
    return (
        f"<table>\n<caption>{escape(caption)}</caption>\n<thead><tr>{head}</tr></thead>\n"
        f"<tbody>\n{body}\n</tbody>\n</table>\n"
    )


def _latex(text: object) -> str:
    return "".join(_LATEX.get(letter, letter) for letter in str(text))


def _numeric(table: pd.DataFrame) -> list[bool]:
    return [
        pd.api.types.is_numeric_dtype(kind) and not pd.api.types.is_bool_dtype(kind)
        for kind in table.dtypes
    ]


def _rounded(table: pd.DataFrame, digits: int) -> pd.DataFrame:
    """Write every cell as readers see it."""
    return table.map(lambda value: _cell(value, digits)).set_axis(map(str, table.columns), axis=1)


def _cell(value: object, digits: int) -> str:
    if pd.isna(value):
        return MISSING
    if isinstance(value, pd.Timestamp):
        return f"{value:%Y-%m-%d}"
    if not isinstance(value, float | np.floating) or np.isinf(value):
        return str(value).replace("-inf", "-\N{INFINITY}").replace("inf", "\N{INFINITY}")
    text = f"{value:.{digits}f}"
    # A whole number in a column with gaps is a float to pandas and a count to readers.
    text = f"{value:.0f}" if float(value).is_integer() else text
    return text.replace("-", "\N{MINUS SIGN}")


def _check(frame: pd.DataFrame, target: Path, caption: str, known: list[str]) -> None:
    faults = []
    if target.suffix not in known:
        faults.append(Fault("path", f"an ending of {', '.join(known)}", repr(target.name)))
    if target.suffix != ".csv" and not caption.strip():
        faults.append(Fault("caption", "what the table shows", "none"))
    if frame.empty:
        faults.append(Fault("frame", "at least one row and column", f"{frame.shape}"))
    raise_if(InputError, "This table cannot be written.", faults)
