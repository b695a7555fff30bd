"""How often the t of one firm rejects a true null after loud and after other days.

``python -m studies.event_loud_days`` prints the table of `docs/methods/events.md`.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from studies.event_simulator import Design, Simulation, simulate, studied

#: Weights of a variance that clusters as daily returns do.
CLUSTERED = (0.15, 0.80)

# The last days of the estimation window that make a firm one of the loudest quarter.
_LAST_DAYS = 5


def rejections(drawn: Simulation, model: str) -> dict[str, float]:
    """Count rejections at 5 % on day 0, in per cent of firms: loudest quarter, others, all.

    A firm is loud when its errors of the last five estimation days are large for it.
    """
    result = studied(drawn, model=model, window=(0, 0))
    rejected = result.car()["pvalue"].droplevel("event_id") < 0.05
    loud = _loudest_quarter(drawn).reindex(rejected.index)
    shares = (rejected[loud].mean(), rejected[~loud].mean(), rejected.mean())
    names = ("after loud days", "after other days", "all")
    return {name: 100.0 * float(share) for name, share in zip(names, shares, strict=True)}


def _loudest_quarter(drawn: Simulation) -> pd.Series:
    day_zero = drawn.returns.index.get_loc(drawn.events["date"].iloc[0])
    errors = drawn.returns - np.outer(drawn.benchmark, drawn.beta)
    before = errors.iloc[day_zero - _LAST_DAYS : day_zero] / errors.std()
    loudness = (before**2).sum()
    return loudness > loudness.quantile(0.75)


def table(days: Sequence[int], *, firms: int, seed: int) -> pd.DataFrame:
    """Tabulate `rejections`: (days of estimation, variance, model) x after which days."""
    rows = {}
    for garch, variance in ((CLUSTERED, "clustered"), ((0.0, 0.0), "constant")):
        for n_days in days:
            design = Design(n_firms=1, estimation=(-n_days, -1), garch=garch)
            drawn = simulate(design, replications=firms, seed=seed)
            for model in ("market", "garch"):
                rows[variance, n_days, model] = rejections(drawn, model)
    return pd.DataFrame.from_dict(rows, orient="index")


def main(firms: int = 2000, seed: int = 550) -> None:
    """Print the table as Markdown, with what it was made from."""
    found = table((90, 250, 500), firms=firms, seed=seed)
    print(f"| variance | days of estimation | model | {' | '.join(found)} |")
    print(f"|:--|--:|:--|{'--:|' * found.shape[1]}")
    for (variance, days, model), row in found.iterrows():
        shown = " | ".join(f"{value:.1f}" for value in row)
        print(f"| {variance} | {days} | `{model}` | {shown} |")
    print(f"\n{firms:,} firms, seed {seed}.")


if __name__ == "__main__":
    main()
