"""Predicted power beside what simulated events show, and what one real date could show.

``python -m studies.event_power`` prints the tables of `docs/methods/events.md`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import pandas as pd

from research.data import MarketData, load_market, load_table
from research.events.power import POWER_TESTS, minimal_detectable_effect, power_curve
from research.events.study import react, share_groups
from studies.event_simulator import Design, simulate, studied
from studies.event_sizes import rejections

_FIRMS = Design(n_firms=12, estimation=(-120, -1), effect=0.015)

#: Designs of the first table, by the words of its rows.
DESIGNS: Mapping[str, Design] = {
    "1.5 %, correlation 0": _FIRMS,
    "1.5 %, correlation 0.2": replace(_FIRMS, correlation=0.2),
    "3.0 %, correlation 0.2": replace(_FIRMS, correlation=0.2, effect=0.03),
}

#: Event and settings of the second table.
EVENT_ID, WINDOW, ESTIMATION = "deal_announced", (0, 0), (-260, -11)

# Samples predicted in one study, which share the drawn benchmark.
_AT_ONCE = 50


def predictions(design: Design, *, samples: int, seed: int) -> pd.DataFrame:
    """Predict the power at the design's effect from samples without it, means over the samples.

    Returns
    -------
    pandas.DataFrame
        Index test (`POWER_TESTS`); power (closed form), power_resampled, in per cent.
    """
    parts = []
    for number, start in enumerate(range(0, samples, _AT_ONCE)):
        size = min(_AT_ONCE, samples - start)
        drawn = simulate(replace(design, effect=0.0), replications=size, seed=seed + number)
        parts.append(power_curve(studied(drawn), effects=[design.effect]))
    every = pd.concat(parts)
    return 100.0 * every.groupby("test")[["power", "power_resampled"]].mean()


def seen_and_predicted(*, replications: int, samples: int, seed: int) -> pd.DataFrame:
    """Tabulate how often fresh samples see an effect, and what power predicts, in per cent.

    Returns
    -------
    pandas.DataFrame
        Index (design, test); seen, closed form, resampled.
    """
    rows = {}
    for name, design in DESIGNS.items():
        seen = 100.0 * rejections(design, replications=replications, seed=seed)
        # Samples of their own: what predicts is not what is seen.
        predicted = predictions(design, samples=samples, seed=seed + 1)
        for test in POWER_TESTS:
            closed, resampled = predicted.loc[test, ["power", "power_resampled"]]
            rows[name, test] = {"seen": seen[test], "closed form": closed, "resampled": resampled}
    return pd.DataFrame.from_dict(rows, orient="index")


def detectable(market: MarketData, events: pd.DataFrame) -> pd.DataFrame:
    """Tabulate what a test at 5 % sees in 80 of 100 cases on the day of `EVENT_ID`, in per cent.

    Returns
    -------
    pandas.DataFrame
        Index group; firms, and for each of `POWER_TESTS` the effect in closed form and resampled;
        NaN where no effect of any size is seen so often.
    """
    groups = share_groups(market)
    chosen = events.loc[[EVENT_ID]]
    result = react(market, chosen, groups, model="market", window=WINDOW, estimation=ESTIMATION)
    found = minimal_detectable_effect(result, window=WINDOW)
    found = found.droplevel("event_id").reindex(groups)
    effects = [f"{test}_{kind}" for test in POWER_TESTS for kind in ("mde", "resampled")]
    return (100.0 * found[effects]).assign(n=found["n"]).rename_axis("group")


def main(replications: int = 4000, samples: int = 300, seed: int = 550) -> None:
    """Print the tables as Markdown: simulated events, then the day of `EVENT_ID`."""
    print("| effect | test | seen | closed form | resampled |\n|:--|:--|--:|--:|--:|")
    found = seen_and_predicted(replications=replications, samples=samples, seed=seed)
    for (design, test), row in found.iterrows():
        print(f"| {design} | `{test}` | {' | '.join(f'{value:.1f}' for value in row)} |")
    print(
        f"\nPer cent of {replications:,} samples of {_FIRMS.n_firms} firms and 120 days; mean "
        f"prediction of {samples} samples without the effect, seed {seed}.\n"
    )
    market, events = load_market(), load_table("deal/events")
    names = [f"`{test}`, {kind}" for test in POWER_TESTS for kind in ("closed form", "resampled")]
    print(f"| group | firms | {' | '.join(names)} |\n|:--|--:|{'--:|' * len(names)}")
    for group, row in detectable(market, events).iterrows():
        effects = row.drop("n")
        shown = ["none" if pd.isna(value) else f"{value:.1f}" for value in effects]
        print(f"| `{group}` | {row['n']:.0f} | {' | '.join(shown)} |")
    date = events["first_tokyo_session"].loc[EVENT_ID]
    print(
        f"\nEffect on day 0 in per cent, seen in 80 of 100 cases at 5 %: `{EVENT_ID}` "
        f"({date:%Y-%m-%d} in Tokyo), market model, sessions {ESTIMATION[0]} to {ESTIMATION[1]}."
    )


if __name__ == "__main__":
    main()
