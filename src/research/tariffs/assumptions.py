"""Assumptions of the tariff models: value, reason, source, which way each moves the results."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np
import pandas as pd

from research.data import load_japan_scopes
from research.data.assumption_page import markdown_table, notes_of
from research.tariffs import assumed_answers, assumed_models, assumed_pass_through, assumed_rates
from research.tariffs.assumed import REFERENCES, SIDES, Assumption
from research.tariffs.elasticities import MIXTURE, draw_theta, sets_of
from research.tariffs.models import Case, compare
from research.tariffs.scenario import load_scenario
from research.tariffs.thetas import load_thetas
from research.tariffs.welfare_draws import Setting, one_at_a_time
from research.words import signed

#: Headings, and the rows under each.
SECTIONS: Mapping[str, Callable[[], tuple[Assumption, ...]]] = {
    "The rate on Japan": assumed_rates.of_rates,
    "States of tariffs": assumed_rates.of_scenarios,
    "Who pays": assumed_pass_through.of_pass_through,
    "Trade": assumed_models.of_trade,
    "US markets and many markets": assumed_models.of_markets,
    "General equilibrium": assumed_models.of_equilibrium,
    "Elasticities": assumed_answers.of_elasticities,
    "Rates that countries would choose": assumed_answers.of_games,
    "Forecasts and the worth of the deal": assumed_answers.of_comparisons,
    "An elasticity of one's own": assumed_answers.of_gravity,
}

#: What weights are measured on: the notebook with its default parameters.
STATES = ("deal_15", "letter_25")
DRAWS, SEED = 200, 15

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
    return "\n".join([f"{_HEAD}{sides}\n", *parts, _scopes(), _weights(), _references()])


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
    words, heading = row.measured
    return f"{row.effect}. Measured: {words} ([methods](methods.md#{anchor(heading)}))"


def anchor(heading: str) -> str:
    """Give the anchor of a heading, as Markdown pages are linked: small letters and hyphens."""
    kept = [letter for letter in heading.lower() if letter.isalnum() or letter in " -_"]
    return "".join(kept).replace(" ", "-")


def _scopes() -> str:
    """Show rows of the timeline that are applied otherwise than they stand, or not at all."""
    scopes = load_japan_scopes()
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


def _weights() -> str:
    """Run the models side by side, and one driver at a time, on the states of the notebook."""
    new, old = map(load_scenario, STATES)
    words = (
        f"{new.title.capitalize()} against {old.title}, `{MIXTURE}` of elasticities, as the "
        "notebook has them. Each model differs from the one before it in one thing:"
    )
    models = compare(Case(new, load_thetas(MIXTURE)), old)
    columns = {"imports_pct": 1, "revenue_bn_usd": 1, "welfare_pct": 3, "japan_welfare_pct": 3}
    rows = [
        (f"`{name}`", row["adds"], *(signed(row[key], digits) for key, digits in columns.items()))
        for name, row in models.iterrows()
    ]
    header = ("model", "what it adds", "imports from Japan, %", "US revenue, USD billion")
    side_by_side = markdown_table((*header, "US welfare, %", "Japan's welfare, %"), rows)
    moved = (
        "One at a time in the last of them, US welfare in per cent of income; elasticities move "
        "between their 5 % and 95 % quantiles, all else at the median of the draws:"
    )
    parts = ("### What some of them weigh", words, side_by_side, moved, _drivers(Setting(new, old)))
    return "\n\n".join(parts) + "\n"


def _drivers(setting: Setting) -> str:
    theta = pd.concat(
        {
            name: draw_theta(name, setting.level, DRAWS, np.random.default_rng([SEED, place]))
            for place, name in enumerate(sets_of(MIXTURE))
        }
    )
    rows = [
        (row.driver, row.low_label, row.high_label, signed(row.at_low, 4), signed(row.at_high, 4))
        for row in one_at_a_time(setting, theta).itertuples()
    ]
    return markdown_table(("driver", "from", "to", "US welfare, from", "to"), rows)


def _references() -> str:
    lines = [f"- {name}: {words}." for name, words in REFERENCES.items()]
    return "\n".join(["### Works named", "", *lines, ""])
