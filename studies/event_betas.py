"""Which models find the beta of firms that trade late or rarely, and what that does to a CAR.

``python -m studies.event_betas`` prints the table of `docs/methods/events.md`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np
import pandas as pd

from research.events.results import EventStudy
from studies.event_simulator import Design, Simulation, simulate, studied

_PUNCTUAL = Design(n_firms=10, window=(0, 4), estimation=(-250, -4))

#: Designs of the table, by the words of its rows.
DESIGNS: Mapping[str, Design] = {
    "every firm trades at the close": _PUNCTUAL,
    "half the firms a session late": replace(_PUNCTUAL, late_share=0.5),
    "20 % of days without a trade": replace(_PUNCTUAL, thin_share=0.2),
    "50 % of days without a trade": replace(_PUNCTUAL, thin_share=0.5),
}

#: Models of the table, by the words of its columns.
MODELS: Mapping[str, Mapping[str, object]] = {
    "market": {"model": "market"},
    "scholes_williams": {"model": "scholes_williams"},
    "dimson 1, 1": {"model": "dimson", "lags": 1, "leads": 1},
    "dimson 5, 0": {"model": "dimson", "lags": 5, "leads": 0},
}

#: Rows of the table: share of the true beta that is found; spread; rejections of a true null.
MEASURES = (
    "beta found",
    "residual sd",
    "rejected, day 0",
    "rejected, CAR of 5 days",
)


def beta_of(result: EventStudy) -> pd.Series:
    """Give each unit's beta; for ``dimson`` the sum over lags and leads."""
    summed = "beta_benchmark" in result.units
    return result.units["beta_benchmark" if summed else "coefficient_1"]


def measures(drawn: Simulation, choice: Mapping[str, object]) -> dict[str, float]:
    """Measure one model on simulated events without an effect, all in per cent (keys: `MEASURES`).

    The t of each firm is tested at 5 %, on day 0 and over the window of the design.
    """
    result = studied(drawn, **choice)
    truth = drawn.beta.reindex(result.units.index.get_level_values("asset")).to_numpy()
    one_day, window = (
        (result.car(days)["pvalue"] < 0.05).mean() for days in ((0, 0), drawn.design.window)
    )
    found = beta_of(result).mean() / truth.mean(), result.units["sigma"].mean(), one_day, window
    return {name: 100.0 * float(value) for name, value in zip(MEASURES, found, strict=True)}


def table(*, draws: int, seed: int) -> pd.DataFrame:
    """Tabulate `measures`, means over draws of the benchmark: (design, measure) x models."""
    seeds = np.random.default_rng(seed).integers(2**32, size=draws)
    rows = {}
    for name, design in DESIGNS.items():
        found = [
            pd.DataFrame({m: measures(drawn, choice) for m, choice in MODELS.items()})
            for drawn in (simulate(design, replications=5, seed=int(one)) for one in seeds)
        ]
        rows[name] = sum(found[1:], start=found[0]) / draws
    return pd.concat(rows)


def main(draws: int = 200, seed: int = 550) -> None:
    """Print the table as Markdown, with what it was made from."""
    found = table(draws=draws, seed=seed)
    print(f"| firms | per cent | {' | '.join(f'`{model}`' for model in found.columns)} |")
    print(f"|:--|:--|{'--:|' * found.shape[1]}")
    for (design, measure), row in found.iterrows():
        print(f"| {design} | {measure} | {' | '.join(f'{value:.1f}' for value in row)} |")
    print(f"\n{draws} draws of the benchmark with 50 firms each, seed {seed}.")


if __name__ == "__main__":
    main()
