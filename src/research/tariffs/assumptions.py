"""Assumptions of the tariff models: value, reason, source, which way each moves the results."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date

import numpy as np
import pandas as pd

from research.data import load_table
from research.data.assumption_page import markdown_table, notes_of
from research.tariffs import assumed_answers, assumed_pass_through, assumed_rates
from research.tariffs.assumed import REFERENCES, SIDES, Assumption, pct
from research.tariffs.elasticities import MIXTURE, draw_theta, load_thetas, sets_of
from research.tariffs.models.registry import MODELS, Case, compare, effects
from research.tariffs.scenario import ALL, Scenario, load_scenario
from research.tariffs.welfare_draws import HIGH, LOW, Setting, one_at_a_time
from research.tariffs.worlds import HOME, PARTNER
from research.words import signed

#: Headings, and the rows under each.
SECTIONS: Mapping[str, Callable[[], tuple[Assumption, ...]]] = {
    "The rate on Japan": assumed_rates.of_rates,
    "States of tariffs": assumed_rates.of_scenarios,
    "Who pays": assumed_pass_through.of_pass_through,
    "Elasticities": assumed_answers.of_elasticities,
    "Rates that countries would choose": assumed_answers.of_games,
    "Forecasts and the worth of the deal": assumed_answers.of_comparisons,
}

#: What weights are measured on: the notebook with its default parameters.
STATES = ("deal_15", "letter_25")
DRAWS, SEED = 200, 15

# Last day before the deal's rate on most goods: the letter as it would have begun.
_LETTER_DAY = date(2025, 8, 6)

_SCOPES = "tariffs/japan_scopes"

# Measures of `research.tariffs.models.registry.effects`, with their headings.
_MEASURES = {
    "imports_pct": "imports from Japan, %",
    "revenue_bn_usd": "US revenue, USD billion",
    "welfare_pct": "US welfare, %",
    "japan_welfare_pct": "Japan's welfare, %",
}

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


def _weights() -> str:
    """Run models, states and drivers beside each other, for the states of the notebook."""
    new, old = map(load_scenario, STATES)
    words = (
        f"{new.title.capitalize()} against {old.title}, with the elasticities of `{MIXTURE}`, as "
        "in the notebook. Welfare is in per cent of income. Each model differs from the one before "
        "it in one thing:"
    )
    states = "The last model, with other states in place of those two:"
    moved = (
        f"One at a time in that model: elasticities move between the {pct(LOW)} and {pct(HIGH)} "
        "quantiles of their draws, all else at the median of the draws:"
    )
    parts = (
        *("### What some of them weigh", words, _models(new, old)),
        *(states, _states(new, old), moved, _drivers(Setting(new, old))),
    )
    return "\n\n".join(parts) + "\n"


def _models(new: Scenario, old: Scenario) -> str:
    table = compare(Case(new, load_thetas(MIXTURE)), old)
    rows = [(f"`{name}`", str(row["adds"]), *_shown(row)) for name, row in table.iterrows()]
    return markdown_table(("model", "what it adds", *_MEASURES.values()), rows)


def _states(new: Scenario, old: Scenario) -> str:
    """Put duties on all others, and the letter on the law of the day that it named."""
    model, thetas = MODELS["many_sectors"], load_thetas(MIXTURE)
    others = load_scenario("flat_15").rates[0].model_copy(update={"exporters": (ALL,)})
    taxed = tuple(
        state.model_copy(update={"rates": (others, *state.rates)}) for state in (new, old)
    )
    rows = {
        "as they stand": (new, old),
        f"{pct(others.rate_share or 0.0)} on all others in both": taxed,
        f"the letter on the law of {_LETTER_DAY}": (new, _on_law_of(old, _LETTER_DAY)),
    }
    cells = [
        (words, *_shown(effects(model, Case(one, thetas), other)))
        for words, (one, other) in rows.items()
    ]
    return markdown_table(("states", *_MEASURES.values()), cells)


def _on_law_of(state: Scenario, day: date) -> Scenario:
    """Move the law below the own measures of a state, and the measures, to another day."""
    first = state.rates[0]
    own = tuple(one.model_copy(update={"effective_date": day}) for one in first.measures)
    moved = first.model_copy(update={"law_of": day, "measures": own})
    return state.model_copy(update={"rates": (moved,)})


def _shown(row: pd.Series) -> tuple[str, ...]:
    return tuple(signed(row[name], 1 if "welfare" not in name else 3) for name in _MEASURES)


def _drivers(setting: Setting) -> str:
    theta = pd.concat(
        {
            name: draw_theta(name, setting.level, DRAWS, np.random.default_rng([SEED, place]))
            for place, name in enumerate(sets_of(MIXTURE))
        }
    )
    sides = [one_at_a_time(setting, theta, country) for country in (HOME, PARTNER)]
    ends = pd.concat([side[["at_low", "at_high"]] for side in sides], axis=1)
    labels = sides[0][["driver", "low_label", "high_label"]]
    rows = [
        (*map(str, label), *(signed(value, 4) for value in row))
        for label, row in zip(labels.to_numpy(), ends.to_numpy(), strict=True)
    ]
    header = ("driver", "from", "to", "US welfare, from", "to", "Japan's welfare, from", "to")
    return markdown_table(header, rows)


def _references() -> str:
    lines = [f"- {name}: {words}." for name, words in REFERENCES.items()]
    return "\n".join(["### Works named", "", *lines, ""])
