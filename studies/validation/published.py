"""Published numbers beside ours: one table of targets, one comparison, and what was recorded."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from research import paths
from research.data import catalog
from research.errors import Fault, InputError, RunError, nearest, raise_if
from research.report.files import renew, write_json
from research.report.manifest import versions

if TYPE_CHECKING:
    import pandas as pd

_TODO = "Run: research validate"

# Whose versions can move a figure.
_PACKAGES = ("us-japan-550bn", "numpy", "pandas", "pyfixest", "scipy", "statsmodels")

#: Kinds of figures in the order of the page: heading, and what the first sentence says of them.
KINDS = {
    "study": ("Results of studies", "results of {} studies and official accounts"),
    "example": ("Worked examples, certified figures", "worked examples and certified figures"),
    "data": ("Our data beside published figures", "checks of our own data, apart from results,"),
    "recomputed": ("Computed again, not in print", ""),
}

_PAGE = """\
# Published numbers beside ours

{sentence}

A figure is met if ours differs by no more than the tolerance: half a unit of the last digit that is
printed, unless the case says why not. One that is not met stays here, with the reason. What a clone
cannot compute is recorded, with the digests of the inputs. The rows, with the address of each press
report, are in `data/validation/targets.csv`; `research validate` writes this page.

{summary}
{sections}
{open}"""


class Case(NamedTuple):
    """A published study: its title, and what computes its figures by quantity.

    From the folder of the study's own files; a ``bundled`` case can do with ``None``. The ``note``
    is a sentence with figures of the case in it, by quantity.
    """

    title: str
    compute: Callable[[Path | None], Mapping[str, float]]
    bundled: bool = True
    note: str = ""


class Result(NamedTuple):
    """A case as it stands: the table of `compare`, and where its figures come from."""

    name: str
    title: str
    made: str
    table: pd.DataFrame
    note: str = ""


def cases() -> dict[str, Case]:
    """Give all cases by name."""
    from studies.validation import CASES

    return CASES


def targets_of(case: str) -> pd.DataFrame:
    """Give the targets of a case by quantity."""
    from research.data import load_table

    targets = load_table("validation/targets")
    names = targets["id"].str.split(".", n=1, expand=True)
    return targets[names[0] == case].set_index(names[1][names[0] == case].rename("quantity"))


def compare(case: str, ours: Mapping[str, float]) -> pd.DataFrame:
    r"""Hold our figures against published ones: :math:`|ours - published| \le tolerance` is met.

    Every quantity of the case must be given, and no other; NaN is not met. Returns the targets by
    quantity with ours, difference and met.
    """
    table = targets_of(case)
    asked, odd = {True: "a figure", False: "a target"}, sorted({*table.index} ^ {*ours})
    faults = [Fault(f"{case}.{name}", asked[name in table.index], "none") for name in odd]
    raise_if(InputError, f"The figures of {case} are not those of its targets.", faults)
    table["ours"] = [float(ours[name]) for name in table.index]
    table["difference"] = table["ours"] - table["published"].astype(float)
    table["met"] = table["difference"].abs() <= table["tolerance"]
    return table


def results() -> list[Result]:
    """Give all cases: computed where a clone can, as recorded where it cannot."""
    return [_result(name, case) for name, case in cases().items()]


def _result(name: str, case: Case) -> Result:
    file, problem = _record_file(name), f"Not recorded. {_TODO} {name} --data FOLDER"
    kept = json.loads(file.read_bytes()) if file.is_file() else {}
    made = "Computed for this page" if case.bundled else "Recorded, inputs not bundled"
    if kept:
        made += ", also from the study's own files" * case.bundled
        made += f", {kept['recorded_utc'][:10]}"
    try:
        known = case.compute(None) if case.bundled else kept.get("results", {})
    except Exception as error:  # The page says so; the other cases stay.
        known, problem = {}, f"Not computed: {error}"
    table = compare(name, {one: known.get(one, math.nan) for one in targets_of(name).index})
    table.loc[table["ours"].isna(), "reason"] = problem
    note = case.note.format_map(table["ours"]) * bool(table["ours"].notna().all())
    return Result(name, case.title, made, table, note)


def record(name: str, folder: Path | None) -> None:
    """Compute a case from the files of its study, and record it; without a folder, check the name.

    The last record stays unless every figure was computed. What is wrong with name, folder or
    files (their digests stand in ``validation/inputs``) is one `InputError`.
    """
    known, listed, digests, faults = cases(), _listed(name), dict[str, str](), list[Fault]()
    if name not in known:
        faults.append(Fault("name", "a case", repr(name), nearest(name, list(known))))
    elif folder is None and known[name].bundled:
        return
    if folder is None or not folder.is_dir() or not listed:
        asked = f"a folder with {', '.join(listed)}" if listed else "a case that has files"
        faults.append(Fault("--data", asked, str(folder or "none")))
    else:
        folder = folder / name if (folder / name).is_dir() else folder
        todo = "Take the file listed in validation/inputs."
        for file, wanted in listed.items():
            path = folder / file
            digests[file] = catalog.file_digest(path) if path.is_file() else "none"
            if digests[file] != wanted:
                faults.append(Fault(str(path), f"SHA-256 {wanted[:12]}", digests[file][:12], todo))
    raise_if(InputError, f"{name} cannot be validated.", faults)
    try:
        table = compare(name, known[name].compute(folder))
        lost = [f"no number for {one}" for one in table.index[table["ours"].isna()]]
    except Exception as error:  # Other files may hold anything.
        lost = [f"{type(error).__name__}: {error}"]
    faults = [Fault(str(folder), f"files that give every figure of {name}", x) for x in lost]
    raise_if(RunError, f"{name} was not computed; the last record stays.", faults)
    kept = {"recorded_utc": datetime.now(UTC).isoformat(timespec="seconds"), "inputs": digests}
    kept |= {"versions": versions(_PACKAGES), "results": table["ours"].to_dict()}
    write_json(_record_file(name), kept)


def _listed(name: str) -> dict[str, str]:
    from research.data import load_table

    inputs = load_table("validation/inputs")
    return dict(inputs[inputs["case"] == name].set_index("file")["sha256"])


def _record_file(name: str) -> Path:
    return paths.root() / "docs" / "validation" / f"{name}.json"


def sentence(found: Sequence[Result]) -> str:
    """Say how many figures in print are met, by kind; a whole table counts as one."""
    said = []
    for kind, (_, words) in KINDS.items():
        parts = _of(found, kind) if words else []
        rows = [row for one in parts for row in one.table.fillna({"reason": ""}).to_dict("records")]
        recorded = sum(len(one.table) for one in parts if one.made.startswith("Recorded"))
        wholes = [row["cells"] for row in rows if row["cells"] > 1]
        odd = sum(row["reason"].startswith("Not comparable") for row in rows)
        more = [f"{recorded} of them recorded on files that are not bundled"] * bool(recorded)
        more += [f"{len(wholes)} tables with {sum(wholes):,} cells count as one each"] * any(wholes)
        more += [f"{odd} is not comparable"] * bool(odd)
        met = sum(row["met"] for row in rows)
        told = f"{met} of {len(rows)} {words.format(len(parts))} are met"
        said += [f"{told} ({'; '.join(more)})." if more else f"{told}."] * bool(rows)
    return " ".join(said)


def _of(found: Sequence[Result], kind: str) -> list[Result]:
    """Cut the cases down to their figures of a kind."""
    cut = [one._replace(table=one.table[one.table["kind"] == kind]) for one in found]
    if kind == "recomputed":
        cut = [one._replace(title=f"{one.title}, not in print", note="") for one in cut]
    return [one for one in cut if len(one.table)]


def page(found: Sequence[Result]) -> str:
    """Write ``docs/validation.md``."""
    from studies.validation import OPEN

    groups = [(heading, _of(found, kind)) for kind, (heading, _) in KINDS.items()]
    short = [
        {"case": x.title, "met": f"{x.table['met'].sum()} of {len(x.table)}", "computed": x.made}
        for _, parts in groups
        for x in parts
    ]
    texts = [[f"## {heading}\n", *map(section, parts)] for heading, parts in groups if parts]
    body = "\n".join(text for one in texts for text in one)
    said = {"sentence": sentence(found), "summary": _table(short), "sections": body}
    return _PAGE.format(**said, open=OPEN)


def section(one: Result) -> str:
    """Write the part of the page on one case."""
    source, how = _named(one.table["source"]), _named(one.table["how"])
    missed = one.table[~one.table["met"]].fillna({"reason": "Not explained."})
    reasons = missed.groupby("reason", sort=False)["title"]
    note = f" {one.note}" * bool(one.note)
    return "\n".join(
        [
            f"### {one.title}\n\n{one.made}. Source: {source}. Ours: {how}.{note}\n",
            _table([_row(row) for row in one.table.to_dict("records")]),
            *(f"Not met: {'; '.join(titles)}. {reason}\n" for reason, titles in reasons),
        ]
    )


def _table(rows: Sequence[Mapping[str, str]]) -> str:
    rule = ["---" if name in ("case", "figure", "computed") else "---:" for name in rows[0]]
    lines = [list(rows[0]), rule, *(list(row.values()) for row in rows)]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)


def _named(texts: pd.Series) -> str:
    """Name each text once, of web addresses the site."""
    return "; ".join(dict.fromkeys(re.sub(r"^https?://([^/]+).*", r"\1", one) for one in texts))


def _row(row: Mapping[str, Any]) -> dict[str, str]:
    """Word a row of `compare` for people: as many digits as the tolerance tells apart."""
    decimals, gap = max(0, 1 - math.floor(math.log10(row["tolerance"]))), row["difference"]
    # A difference must not look like the tolerance when it is another.
    while round(abs(gap), decimals) == row["tolerance"] != abs(gap):
        decimals += 1
    published, value = row["published"], float(row["published"])
    # Digits beyond the eighth say nothing to a reader: the difference tells of them.
    digits = min(decimals, max(0, 7 - math.floor(math.log10(abs(value) or 1))))
    gap = round(gap, decimals)
    cells = {
        "figure": row["title"] + f" ({row['unit']})" * (row["unit"] != "none"),
        "met": "yes" if row["met"] else "**no**",
        "difference": _short(gap, "+") if gap else f"below {_short(10.0**-decimals)}",
        "tolerance": _short(row["tolerance"]),
        "published": published if len(published) <= 12 else f"{value:.8g}",
        "ours": f"{row['ours']:.{digits}f}",
    }
    if row["kind"] == "recomputed":
        cells = {{"published": "stated"}.get(name, name): cell for name, cell in cells.items()}
    if row["cells"] > 1:  # The largest gap says all.
        cells["published"] = cells["ours"] = ""
    if math.isnan(row["ours"]):
        cells["ours"] = cells["difference"] = "none"
    return {name: re.sub("^-", "\N{MINUS SIGN}", text) for name, text in cells.items()}


def _short(number: float, sign: str = "") -> str:
    """Write a rounded number out where that is short."""
    if abs(number) < 1e-6:
        return f"{number:{sign}.2g}"
    return f"{number:{sign}.7f}".rstrip("0").rstrip(".")


def renew_page(found: Sequence[Result], *, check: bool = False) -> bool:
    """Write ``docs/validation.md`` if it is another; with ``check`` that is a `RunError`.

    Where a record is missing the page stays as it is, with a `RunError` as well.
    """
    recorded = [one for one in found if one.made.startswith("Recorded")]
    asked, todo = "the recorded figures", "Restore it from version control."
    lost = [
        Fault(f"docs/validation/{one.name}.json", asked, one.table["reason"].iloc[0], todo)
        for one in recorded
        if one.table["ours"].isna().all()
    ]
    raise_if(RunError, "docs/validation.md stays as it is.", lost)
    file, text = paths.root() / "docs" / "validation.md", page(found)
    if check and not (file.is_file() and file.read_text(encoding="utf-8") == text):
        fault = Fault(file.name, "what it is made from today", "something older", _TODO)
        raise RunError("docs/validation.md is not up to date.", [fault])
    return renew(file, text)
