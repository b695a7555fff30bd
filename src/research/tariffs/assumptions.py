"""Assumptions of the tariff models: value, reason, source, which way each moves the results."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import pandas as pd

from research.data import load_table
from research.data.assumption_page import markdown_table, notes_of
from research.tariffs import assumed_pass_through, assumed_rates
from research.tariffs.assumed import REFERENCES, SIDES, Assumption

#: Headings, and the rows under each.
SECTIONS: Mapping[str, Callable[[], tuple[Assumption, ...]]] = {
    "The rate on Japan": assumed_rates.of_rates,
    "States of tariffs": assumed_rates.of_scenarios,
    "Who pays": assumed_pass_through.of_pass_through,
}

_SCOPES = "tariffs/japan_scopes"

_HEAD = """\
## Tariffs

What `research.tariffs` takes for granted, from the rate on a day to the worth of the deal. Values
are read from code and tables. Places are below `research.tariffs`; a *parameter* is one of the
notebook, an *argument* one of a function, a *YAML file* a state of tariffs of one's own. Where
docs/methods.md measured the weight of an assumption, it is quoted.

*Flatters* names the side whose case looks better than with the other choices in reach:

"""


def assumptions() -> str:
    """Write all assumptions of the tariff models as Markdown, a part of the page.

    Raises
    ------
    DataError
        If a table is not as compiled.
    """
    sides = "\n".join(f"- *{side}*: {words}." for side, words in SIDES.items())
    parts = [_section(title, rows()) for title, rows in SECTIONS.items()]
    return "\n".join([f"{_HEAD}{sides}\n", *parts, _scopes(), _references()])


def _section(title: str, rows: tuple[Assumption, ...]) -> str:
    header = ("assumption", "value", "reason and source", "what it does", "flatters")
    cells = [
        (
            row.what,
            row.value,
            f"{row.reason}. *{'; '.join(map(_source, row.sources))}*",
            _effect(row),
            ", ".join(row.flatters),
            f"`{row.place}`",
            row.change,
        )
        for row in rows
    ]
    return f"### {title}\n\n{markdown_table((*header, 'place', 'to change it'), cells)}\n"


def _source(name: str) -> str:
    return f"`{name}`" if "/" in name else name


def _effect(row: Assumption) -> str:
    if row.measured is None:
        return row.effect
    words, _ = row.measured
    return f"{row.effect}. Measured: {words} ([methods](methods/tariffs.md))"


def _scopes() -> str:
    """Show rows of the timeline that are applied otherwise than they stand, or not at all."""
    scopes = load_table("tariffs/japan_scopes")
    rows = [
        (
            f"{row.effective_date:%Y-%m-%d}",
            f"`{row.authority}`",
            row.note,
            "not applied" if pd.isna(row.goods) else str(row.goods).replace(" ", ", "),
            "" if pd.isna(row.rate_share) else f"{100 * row.rate_share:g} %",
        )
        for row in scopes[scopes["note"].notna()].itertuples()
    ]
    header = ("in force from", "measure", "what is assumed", "goods", "rate that is applied")
    words = (
        f"Table `{_SCOPES}`: rows of the timeline that are applied otherwise than they stand, or "
        "not at all. Own `measures` replace them."
    )
    parts = ("### Measures, row by row", words, markdown_table(header, rows), notes_of(_SCOPES))
    return "\n\n".join(parts)


def _references() -> str:
    lines = [f"- {name}: {words}." for name, words in REFERENCES.items()]
    return "\n".join(["### Works named", "", *lines, ""])
