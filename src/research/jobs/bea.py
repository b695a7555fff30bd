"""Reading the input-output files of the Bureau of Economic Analysis as they are published.

A workbook has a sheet a year: a title, a row of codes, a row of names, then one row a code with
its name beside it; ``...`` is nothing, and totals have no code or one of T and digits. The CSV
files of its interactive tables are laid out alike. Rows and columns are found by their codes.
"""

from __future__ import annotations

import re
from pathlib import Path
from zipfile import BadZipFile

import pandas as pd

from research.errors import Fault, InputError, raise_if
from research.jobs.accounts import IOTable, io_table
from research.jobs.io import BEA_TOLERANCE_MUSD

#: Commodities that nobody makes to order, at any level of detail: used goods and noncomparable
#: imports, with the adjustment for the rest of the world.
BEA_SCRAP = ("Used", "Other", "S00300", "S00401", "S00402", "S00900")

_TOTAL = re.compile(r"T\d+|nan|\.*")
_FINAL, _ADDED = re.compile(r"F\d\d"), re.compile(r"V\d\d")
_REDEFINED = re.compile(r"(before|after) redefinitions", re.IGNORECASE)


def read_bea(
    make: Path | str,
    use: Path | str,
    imports: Path | str | None = None,
    *,
    year: int,
    tolerance_musd: float = BEA_TOLERANCE_MUSD,
) -> IOTable:
    """Read the make, use and import matrix of a year from BEA's files, ``.xlsx`` or ``.csv``.

    All before or all after redefinitions, at producer prices and one level of detail; without
    imports no domestic figures can be told from it. The table is checked as in `io_table`.

    Every fault of the files is named in one `InputError`.
    """
    files = {"make": make, "use": use, "imports": imports}
    given = {name: Path(file) for name, file in files.items() if file is not None}
    faults: list[Fault] = []
    frames, kinds = {}, {}
    for name, file in given.items():
        sheet, wrong = _sheet(name, file, year)
        title, frame, more = _matrix(name, sheet) if sheet is not None else ("", None, [])
        faults += [*wrong, *more]
        if frame is not None:
            frames[name] = frame
            kinds[name] = found[1].lower() if (found := _REDEFINED.search(title)) else "not said"
    said = {kind for kind in kinds.values() if kind != "not said"}
    if len(said) > 1:
        found_in = ", ".join(f"{name}: {kind}" for name, kind in kinds.items())
        asked = "all tables before, or all after redefinitions"
        faults.append(Fault("files", asked, found_in, "Take one kind of files."))
    raise_if(InputError, "These are no input-output tables of BEA.", faults)
    made, used = frames["make"], frames["use"]
    final = [code for code in used if _FINAL.match(code)]
    added = [code for code in used.index if _ADDED.match(code)]
    foreign = frames.get("imports")
    return io_table(
        made,
        used.drop(index=added, columns=final),
        value_added=used.loc[added].drop(columns=final),
        final_demand=used.drop(index=added)[final],
        imports=None if foreign is None else foreign.drop(columns=final, errors="ignore"),
        imported_final_demand=None if foreign is None else foreign.filter(regex=_FINAL.pattern),
        scrap=[code for code in BEA_SCRAP if code in made],
        year=year,
        tolerance_musd=tolerance_musd,
        consumption=next((code for code in final if code.startswith("F010")), "F010"),
        compensation=next((code for code in added if code.startswith("V001")), "V001"),
    )


def _sheet(name: str, file: Path, year: int) -> tuple[pd.DataFrame | None, list[Fault]]:
    """Read the cells of a year as text, without heading or labels."""
    asked = "a workbook of BEA (.xlsx) with a sheet a year, or its .csv"
    try:
        if file.suffix == ".csv":
            lines = file.read_text(encoding="utf-8-sig").splitlines()
            rows = pd.Series(lines).str.count(",").max() + 1
            return pd.read_csv(file, header=None, names=range(rows), dtype=str), []
        with pd.ExcelFile(file, engine="openpyxl") as book:
            if str(year) not in book.sheet_names:
                found = ", ".join(map(str, book.sheet_names[:12]))
                return None, [Fault(f"{name}, {file.name}", f"a sheet {year}", found)]
            return pd.read_excel(book, sheet_name=str(year), header=None, dtype=str), []
    except (OSError, ValueError, KeyError, BadZipFile) as error:
        return None, [Fault(f"{name}, {file.name}", asked, str(error) or type(error).__name__)]


def _matrix(name: str, sheet: pd.DataFrame) -> tuple[str, pd.DataFrame | None, list[Fault]]:
    """Find title, codes and figures: the row of codes is the one that most row codes stand in."""
    cells = sheet.map(lambda cell: str(cell).strip())
    codes = set(cells[0]) - {"nan", ""}
    shared = cells.iloc[:, 2:].isin(codes).sum(axis=1)
    if not len(shared) or shared.max() < 2:
        return "", None, [Fault(name, "a row of codes as those of the rows", "none")]
    top = int(shared.idxmax())
    title = " ".join(cells.iloc[:top, :2].to_numpy().ravel())
    columns = {k: code for k, code in cells.loc[top].iloc[2:].items() if not _TOTAL.fullmatch(code)}
    body = cells.loc[top + 1 :]
    body = body[~body[0].map(lambda code: bool(_TOTAL.fullmatch(code)))]
    figures = body[[*columns]].replace({"...": "0", "": "0"})
    numbers = figures.replace(",", "", regex=True).apply(pd.to_numeric, errors="coerce")
    filled = numbers.notna().any(axis=1)  # a row of names and one of notes have no figures
    body, figures, numbers = body[filled], figures[filled], numbers[filled]
    blank = figures.eq("nan")
    numbers = numbers.mask(blank, 0.0)
    frame = numbers.set_axis(pd.Index(body[0]), axis=0).set_axis([*columns.values()], axis=1)
    odd = figures.to_numpy()[numbers.isna().to_numpy()]
    faults = [Fault(name, "figures, or ... for nothing", repr(odd[0]))] if len(odd) else []
    return title, frame, faults
