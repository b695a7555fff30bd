"""Reading the input-output files of the Bureau of Economic Analysis as they are published.

A workbook has a sheet a year: a title, a row of codes, a row of names, then one row a code with
its name beside it; ``...`` is nothing, and totals have no code or one of T and digits. The CSV
files of its interactive tables are laid out alike. Rows and columns are found by their codes.
No published file was at hand: the layout is that which readers of other projects rely on.
"""

from pathlib import Path
from zipfile import BadZipFile

import pandas as pd

from research.errors import Fault, InputError, raise_if
from research.jobs.accounts import COMPENSATION, CONSUMPTION, IOTable, io_table
from research.jobs.io import BEA_SCRAP, BEA_TOLERANCE_MUSD

# Scrap and noncomparable imports at the detailed level.
_DETAILED_SCRAP = ("S00300", "S00401", "S00402", "S00900")

# What the detailed level calls household consumption and compensation.
_NAMES = {"F01000": CONSUMPTION, "V00100": COMPENSATION}

_TOTAL, _FINAL, _ADDED = r"T\d+|nan|\.*", r"^F\d\d", r"^V\d\d"


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
    files = {"make": make, "use": use} | ({} if imports is None else {"imports": imports})
    faults, frames = list[Fault](), dict[str, pd.DataFrame]()
    for name, file in files.items():
        try:
            frames[name] = _matrix(_sheet(Path(file), year)).rename(index=_NAMES, columns=_NAMES)
        except (OSError, ValueError, BadZipFile) as error:
            asked = f"a table of BEA in .xlsx, with a sheet {year}, or .csv"
            faults.append(Fault(f"{name}, {Path(file).name}", asked, str(error)))
    raise_if(InputError, "These are no input-output tables of BEA.", faults)
    used, foreign = frames["use"], frames.get("imports")
    added, final = used.filter(regex=_ADDED, axis=0), list(used.filter(regex=_FINAL))
    goods = used.drop(index=added.index)
    return io_table(
        frames["make"],
        goods.drop(columns=final),
        value_added=added.drop(columns=final),
        final_demand=goods[final],
        imports=None if foreign is None else foreign.drop(columns=final, errors="ignore"),
        imported_final_demand=None if foreign is None else foreign.filter(regex=_FINAL),
        scrap=[code for code in (*BEA_SCRAP, *_DETAILED_SCRAP) if code in frames["make"]],
        tolerance_musd=tolerance_musd,
    )


def _sheet(file: Path, year: int) -> pd.DataFrame:
    if file.suffix == ".csv":
        lines = file.read_text(encoding="utf-8-sig").splitlines()
        width = max((line.count(",") + 1 for line in lines), default=1)
        return pd.read_csv(file, header=None, names=range(width), dtype=str)
    with pd.ExcelFile(file, engine="openpyxl") as book:
        if str(year) not in book.sheet_names:
            raise ValueError(f"the sheets {', '.join(map(str, book.sheet_names[:12]))}")
        return pd.read_excel(book, sheet_name=str(year), header=None, dtype=str)


def _matrix(sheet: pd.DataFrame) -> pd.DataFrame:
    """Find the figures: the row of codes is the one that most codes of rows stand in."""
    cells = sheet.map(lambda cell: str(cell).strip())
    shared = cells.iloc[:, 2:].isin(set(cells[0]) - {"nan", ""}).sum(axis=1)
    if shared.max() < 2:
        raise ValueError("no row of codes as those of the rows")
    top = int(shared.idxmax())
    codes = cells.loc[top].iloc[2:]
    body = cells.loc[top + 1 :].set_index(0)[codes.index[~codes.str.fullmatch(_TOTAL)]]
    body = body[~body.index.str.fullmatch(_TOTAL)].set_axis(codes[body.columns], axis=1)
    texts = body.replace({"...": "0"}).replace(",", "", regex=True)
    figures = texts.apply(pd.to_numeric, errors="coerce")
    told = figures.notna().any(axis=1)  # a row of names and one of notes have no figures
    odd = texts[told].to_numpy()[(figures.isna() & texts.ne("nan"))[told]]
    if len(odd):
        raise ValueError(f"{odd[0]!r} in place of a figure or ...")
    return figures[told].fillna(0.0).rename_axis(index=None, columns=None)
