"""How often each group test rejects, true null or known effect, on simulated events.

``python -m studies.event_sizes`` prints the tables of `docs/methods/events.md`.
"""

from __future__ import annotations

from collections.abc import Mapping
from itertools import product
from unittest import mock

import numpy as np
import pandas as pd

from research.events import tests
from research.events.tests import TESTS
from studies.event_simulator import Design, simulate, studied

# Replications in one call of event_study share the drawn benchmark; 500 of 30 firms are about
# 100 MB of residuals. Where the market model is wrong, a benchmark day makes all of them alike, so
# that few draws of it would pass for many.
_AT_ONCE, _AT_ONCE_IF_WRONG = 500, 25

# The first tests are those on CARs, the others those on ranks and signs.
_ON_CARS = list(TESTS).index("portfolio_t") + 1


def statistics(design: Design, *, replications: int, seed: int) -> pd.DataFrame:
    """Run the market model and every group test on simulated events, in chunks.

    Returns
    -------
    pandas.DataFrame
        As `EventStudy.tests`, one row a replication and test.
    """
    parts = []
    wrong_model = design.thin_share > 0 or design.late_share > 0
    at_once = _AT_ONCE_IF_WRONG if wrong_model else _AT_ONCE
    starts = range(0, replications, at_once)
    seeds = np.random.default_rng(seed).integers(2**32, size=len(starts))
    for start, chunk_seed in zip(starts, seeds, strict=True):
        size = min(at_once, replications - start)
        drawn = simulate(design, replications=size, seed=int(chunk_seed))
        parts.append(studied(drawn, min_estimation=20).tests())
    return pd.concat(parts, ignore_index=True)


def rejections(design: Design, *, replications: int, seed: int, level: float = 0.05) -> pd.Series:
    """Count how often each test rejects, as a share of the replications (index: tests)."""
    tests = statistics(design, replications=replications, seed=seed)
    rejected: pd.Series = (tests["pvalue"] < level).groupby(tests["test"]).mean()
    return rejected.reindex(list(TESTS))


#: Designs of the table in docs/methods/events.md, by the words of its rows.
DESIGNS: Mapping[str, Design] = {
    "independent firms": Design(),
    "correlation 0.1": Design(correlation=0.1),
    "correlation 0.3": Design(correlation=0.3),
    "correlation 0.1, 12 firms": Design(correlation=0.1, n_firms=12),
    "correlation 0.1, event volatility doubled": Design(correlation=0.1, event_sd_ratio=2.0),
    "correlation 0.1, fat tails (t, 4 df)": Design(correlation=0.1, tail_df=4.0),
    "correlation 0.1, 20 % of days without a trade": Design(correlation=0.1, thin_share=0.2),
    "correlation 0.1, 10 % of days missing": Design(correlation=0.1, missing_share=0.1),
    "correlation 0.1, dates spread over 20 sessions": Design(correlation=0.1, stagger=20),
    "correlation 0.1, half the firms a session late": Design(correlation=0.1, late_share=0.5),
    "correlation 0.1, CAR of 11 days": Design(
        correlation=0.1, window=(-5, 5), estimation=(-255, -6)
    ),
    "effect 1 %, independent firms": Design(effect=0.01),
    "effect 1 %, correlation 0.1": Design(effect=0.01, correlation=0.1),
    "effect 2 %, correlation 0.1": Design(effect=0.02, correlation=0.1),
    "mean effect 3 %, 12 firms, all the same": Design(effect=0.03, correlation=0.1, n_firms=12),
    "mean effect 3 %, 12 firms, one 3 times the others": Design(
        effect=0.03 * 12 / 14, leader=3.0, correlation=0.1, n_firms=12
    ),
}


def table(*, replications: int, seed: int) -> pd.DataFrame:
    """Tabulate rejections at nominal 5 % in per cent: designs x tests."""
    rows = {
        name: rejections(design, replications=replications, seed=seed) * 100.0
        for name, design in DESIGNS.items()
    }
    return pd.DataFrame(rows).T


#: Tests that divide by a spread over firms; firms, correlations and tails (degrees of freedom of t)
#: of the table of few firms.
BY_SPREAD = ["corrado_zivney_rank_z", "grank_t", "grank_z"]
FEW, CORRELATIONS = [2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 15], [0.0, 0.1, 0.3]
TAILS = {"normal": None, "t, 4 df": 4.0}


def few_firms(
    *,
    replications: int,
    seed: int,
    firms: list[int] = FEW,
    correlations: list[float] = CORRELATIONS,
) -> pd.DataFrame:
    """Tabulate rejections of tests that divide by a spread over firms, with no lower bound on them.

    Per cent at nominal 5 %, (firms, tails, correlation) x tests; 120 days of estimation.
    """
    rows = {}
    with mock.patch.object(tests, "FEWEST_FIRMS", 2):
        for n, (tails, df), r in product(firms, TAILS.items(), correlations):
            design = Design(estimation=(-120, -1), n_firms=n, correlation=r, tail_df=df)
            rates = rejections(design, replications=replications, seed=seed)
            rows[n, tails, r] = rates[BY_SPREAD] * 100.0
    return pd.DataFrame(rows).T.rename_axis(["firms", "tails", "correlation"])


def main(replications: int = 4000, seed: int = 550) -> None:
    """Print the tables as Markdown: tests on CARs, tests on ranks and signs, few firms."""
    rates = table(replications=replications, seed=seed)
    noise = 196.0 * np.sqrt(0.05 * 0.95 / replications)
    for names in (rates.columns[:_ON_CARS], rates.columns[_ON_CARS:]):
        _print_table(rates[names])
    few = few_firms(replications=replications, seed=seed)
    # grank_z takes firms as independent.
    few["grank_z"] = few["grank_z"].where(few.index.get_level_values("correlation") == 0)
    few = few.groupby(level=["firms", "tails"]).max().unstack()
    few.columns = [f"{test}`, `{tails}" for test, tails in few.columns]
    _print_table(few, "firms")
    print(
        f"Rejections at nominal 5 %, per cent of {replications:,} replications, seed {seed}; "
        f"a true 5 % is measured as 5 ± {noise:.1f}."
    )


def _print_table(rates: pd.DataFrame, rows: str = "design") -> None:
    print(f"| {rows} | {' | '.join(f'`{test}`' for test in rates.columns)} |")
    print(f"|:--|{'--:|' * rates.shape[1]}")
    for name, row in rates.iterrows():
        print(f"| {name} | {' | '.join(f'{rate:.1f}' for rate in row)} |")
    print()


if __name__ == "__main__":
    main()
