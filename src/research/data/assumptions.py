"""The page of assumptions, written from the tables that mark them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import pandas as pd

from research import paths
from research.data import catalog, tables
from research.data.bea_codes import CODES
from research.data.files import replace_file
from research.data.job_evidence import RUNGS
from research.data.job_projects import LINKS, MIX, REST, REST_START_YEARS, TEMPLATES

_HEAD = """\
# Assumptions of the jobs model

Figures that were not found in a source, or that a source bounds without stating. This page is
written from the tables in `data/jobs` by `research data assumptions`; change those, not this page.
Each row says why its figure was chosen; to try another, see `load_ladder(overrides=...)`.

*sourced*: the figures stand in the source. *assumption*: they are ours, and the source gives the
reason or a bound. A range of low, central and high is the smallest, most likely and largest value.
"""

_QUANTITIES = {
    "build_years": "Years of building",
    "staff_per_bn_usd": "Permanent staff per USD billion of capital",
    "operating_cost_share": "Operating purchases a year as a share of capital",
}


def assumptions() -> str:
    """Write all assumptions of the jobs tables as Markdown.

    Raises
    ------
    DataError
        If a table is not as compiled.
    """
    sections = (_rungs(), _templates(), _mixes(), _links(), _rest())
    return "\n".join([_HEAD, *sections])


def write_assumptions() -> Path:
    """Write the page to ``docs/assumptions.md`` and give its path.

    Raises
    ------
    DataError
        If a table is not as compiled.
    """
    file = paths.root() / "docs" / "assumptions.md"
    replace_file(file, assumptions())
    return file


def _rungs() -> str:
    rows = [
        (f"`{row.rung}`", *_range(row), row.unit, row.basis, f"{row.meaning}. {row.source}")
        for row in tables.read(RUNGS).itertuples()
    ]
    header = ("rung", "low", "central", "high", "unit", "basis", "meaning and reason")
    return _section("From pledged to real", RUNGS.name, [_table(header, rows)])


def _templates() -> str:
    frame = tables.read(TEMPLATES)
    header = ("kind of project", "low", "central", "high", "basis", "reason")
    parts = []
    for quantity, title in _QUANTITIES.items():
        rows = [
            (row.template, *_range(row), row.basis, row.source)
            for row in frame[frame["quantity"] == quantity].itertuples()
        ]
        parts += [f"### {title}", _table(header, rows)]
    return _section("Kinds of projects", TEMPLATES.name, parts)


def _mixes() -> str:
    return _section("What projects buy", MIX.name, ["\n".join(_mix_lines())])


def _mix_lines() -> Iterator[str]:
    """Give a line for each reason in a mix, with the commodities it stands for."""
    codes = tables.read(CODES).query("kind == 'commodity'").set_index("code")["name"]
    frame = tables.read(MIX)
    for (template, phase), mix in frame.groupby(["template", "phase"], sort=False):
        yield f"- **{template}, {phase}**"
        for (basis, source), part in mix.groupby(["basis", "source"], sort=False):
            shares = "; ".join(
                f"{codes[row.commodity]} (`{row.commodity}`) {100 * row.share:g} %"
                for row in part.itertuples()
            )
            yield f"    - {shares}. *{basis}*: {source}."


def _links() -> str:
    rows = [
        (
            row.project,
            row.template,
            "not named" if pd.isna(row.state) else row.state,
            f"{row.state_share:g}",
            "" if pd.isna(row.amount_bn_usd) else f"{row.amount_bn_usd:g}",
            f"{row.start_lag_years:g}",
            row.reason,
        )
        for row in tables.read(LINKS).itertuples()
    ]
    header = ("project", "kind", "state", "share", "bn USD", "years to start", "reason")
    return _section("Projects of the pledge", LINKS.name, [_table(header, rows)])


def _rest() -> str:
    years = ", ".join(f"{year:g}" for year in REST_START_YEARS)
    starts = (
        f"The rest starts in equal parts at the beginning of {years}: the memorandum lets "
        "investments be made until 19 January 2029. Its states are in proportion to their building "
        "trades (SOC 47-0000)."
    )
    rows = [
        (row.rule, row.item, row.template, f"{row.share:g}", row.reason)
        for row in tables.read(REST).itertuples()
    ]
    header = ("rule", "item", "kind of project", "share", "reason")
    return _section("The rest of the pledge", REST.name, [starts, _table(header, rows)])


def _section(title: str, name: str, parts: list[str]) -> str:
    notes = "\n".join(f"- {note}" for note in catalog.sidecar(name).notes)
    return "\n\n".join([f"## {title}", f"Table `{name}`.", *parts, f"Mind:\n\n{notes}\n"])


def _range(row: object) -> tuple[str, str, str]:
    low, central, high = (f"{getattr(row, name):g}" for name in ("low", "central", "high"))
    return low, central, high


def _table(header: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    lines = [header, ["---"] * len(header), *rows]
    return "\n".join(
        "| " + " | ".join(cell.replace("|", "\\|") for cell in line) + " |" for line in lines
    )
