"""How often differences of groups and exposure regressions reject a true null, by standard error.

``python -m studies.event_contrasts`` prints the table of `docs/methods/events.md`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

import numpy as np
import pandas as pd
from scipy import stats

from research.events.joint import contrasts, exposure
from research.events.results import EventStudy
from research.events.study import event_study
from research.sessions import sessions
from studies.event_simulator import Design, simulate, studied

#: p-values by the way to a standard error: replications x ways.
Draw = Callable[[int, int], pd.DataFrame]

# Replications in one study, which share the drawn benchmark.
_AT_ONCE = 100

_LEVEL = 0.05

#: Twenty firms, of which the first ten are the first group.
ONE_DATE = Design(n_firms=20, correlation=0.3, estimation=(-120, -1))

#: One of two industries; firms of the other are unrelated.
INDUSTRY = Design(n_firms=10, correlation=0.2, estimation=(-120, -1))

# Tokyo repeats this share of New York's residual in its next session, and adds its own.
_SPILL, _YORK_SD, _TOKYO_SD = 0.6, 0.02, 0.015


def two_groups(replications: int, seed: int) -> pd.DataFrame:
    """Test the difference of two groups on one date that is none in truth.

    Returns
    -------
    pandas.DataFrame
        Replications x (covariance, variances added, rank): two-sided p-values.
    """
    study = _study(ONE_DATE, replications, seed)
    assets = study.abnormal.index.get_level_values("asset")
    second = assets.str[-2:].astype(int) >= ONE_DATE.n_firms // 2
    groups = pd.Series(np.where(second, "second", "first"), index=assets)
    table = contrasts(study, [("first", "second")], groups=groups)
    tests = study.tests(groups=groups)
    of_group = tests[tests["test"] == "portfolio_t"]
    squares = (of_group["mean"] / of_group["statistic"]) ** 2
    added = np.sqrt(squares.groupby(of_group["event_id"]).sum()).reindex(table["event_id"])
    return pd.DataFrame(
        {
            "covariance": table["pvalue"],
            "variances added": _two_sided(table["difference"] / added.to_numpy(), table["df"]),
            "rank": table["rank_pvalue"],
        }
    )


def over_the_night(replications: int, seed: int) -> pd.DataFrame:
    """Test the difference of a Tokyo and a New York firm, Tokyo's day 0 the session after.

    Tokyo's residuals repeat New York's of the session before, on the exchanges' own sessions; no
    effect in truth.

    Returns
    -------
    pandas.DataFrame
        Replications x (covariance, variances added): two-sided p-values.
    """
    study = overnight_study(late=True, replications=replications, seed=seed)
    names = [f"{number:04d}" for number in range(replications)]
    pairs = [(f"tokyo{name}", f"york{name}") for name in names]
    firms = [firm for pair in pairs for firm in pair]
    table = contrasts(study, pairs, groups=pd.Series(firms, index=firms))
    se = study.car().loc["news", "se"]
    added = np.hypot(se[table["first"]].to_numpy(), se[table["second"]].to_numpy())
    naive = _two_sided(table["difference"] / added, table["df"])
    return pd.DataFrame({"covariance": table["pvalue"], "variances added": naive})


def overnight_study(*, late: bool, replications: int, seed: int) -> EventStudy:
    """Draw and study a New York firm ``york0000`` and a Tokyo firm ``tokyo0000`` a replication.

    Parameters
    ----------
    late
        Tokyo's day 0 is the session after New York's; else both have the same date.
    replications, seed
        How many pairs of firms, all with the event ``news``; the seed of the random numbers.
    """
    rng = np.random.default_rng(seed)
    york, tokyo = (sessions(code, "2024-01-04", "2025-07-31") for code in ("XNYS", "XTKS"))
    shock = pd.DataFrame(rng.normal(0, _YORK_SD, (len(york), replications)), index=york)
    follows = tokyo.searchsorted(york, side="right")
    followed = follows < len(tokyo)
    # After a holiday Tokyo hears of several nights at once.
    heard = shock[followed].groupby(tokyo[follows[followed]]).sum().reindex(tokyo).fillna(0.0)
    own = rng.normal(0, _TOKYO_SD, (len(tokyo), replications))
    names = [f"{number:04d}" for number in range(replications)]
    sides = (("york", shock), ("tokyo", own + _SPILL * heard))
    tables = [values.set_axis([place + n for n in names], axis=1) for place, values in sides]
    returns = pd.concat(tables, axis=1, sort=True)
    days = {"york": pd.Timestamp("2025-06-10"), "tokyo": pd.Timestamp("2025-06-10")}
    if late:
        days["tokyo"] = pd.Timestamp("2025-06-11")
    rows = [
        {"event_id": "news", "asset": place + name, "date": days[place], "calendar": code}
        for name in names
        for place, code in (("york", "XNYS"), ("tokyo", "XTKS"))
    ]
    return event_study(
        returns,
        pd.Series(rng.normal(0, 0.01, len(returns)), index=returns.index),
        pd.DataFrame(rows),
        returns_are="simple",
        model="mean",
        window=(0, 0),
        estimation=(-250, -1),
    )


def two_industries(replications: int, seed: int) -> pd.DataFrame:
    """Regress the CARs of two industries on a dummy of the first, which moves nothing in truth.

    Returns
    -------
    pandas.DataFrame
        Replications x (covariance, rank, White): two-sided p-values.
    """
    study = _study(INDUSTRY, replications, seed, together=2)
    assets = study.abnormal.index.get_level_values("asset")
    first = assets.str[1:5].astype(int) % 2 == 0
    traits = pd.DataFrame({"industry": first.astype(float)}, index=assets)
    table = exposure(study, traits)
    table = table[table["term"] == "industry"].reset_index(drop=True)
    white = table["coefficient"] / table["white_se"]
    return pd.DataFrame(
        {
            "covariance": table["pvalue"],
            "rank": table["rank_pvalue"],
            "White": _two_sided(white, table["n"] - 2),
        }
    )


def _study(design: Design, replications: int, seed: int, *, together: int = 1) -> EventStudy:
    """Study simulated events, ``together`` drawn ones at a time put into one."""
    drawn = simulate(design, replications=together * replications, seed=seed)
    number = drawn.events["event_id"].str[1:].astype(int)
    joined = (number // together).map("event{:04d}".format)
    return studied(replace(drawn, events=drawn.events.assign(event_id=joined)))


def _two_sided(t: pd.Series, df: pd.Series) -> pd.Series:
    return pd.Series(2 * stats.t.sf(t.abs(), df), index=t.index)


#: What is compared -> how to draw it, and which ways to a standard error are shown by which words.
COMPARISONS: Mapping[str, tuple[Draw, Mapping[str, str]]] = {
    "two groups of 10 firms, correlation 0.3 throughout": (
        two_groups,
        {
            "covariance": "covariance of both groups",
            "rank": "rank among the days of estimation",
            "variances added": "variances added",
        },
    ),
    "a Tokyo firm a night after a New York firm": (
        over_the_night,
        {"covariance": "covariance over the night", "variances added": "variances added"},
    ),
    "dummy of one of two industries of 10 firms, correlation 0.2 inside": (
        two_industries,
        {
            "covariance": "portfolio",
            "rank": "rank among the days of estimation",
            "White": "White (HC1)",
        },
    ),
}


def rejections(draw: Draw, *, replications: int, seed: int) -> pd.Series:
    """Count rejections at nominal 5 %, in per cent of the replications (index: ways)."""
    starts = range(0, replications, _AT_ONCE)
    seeds = np.random.default_rng(seed).integers(2**32, size=len(starts))
    parts = [
        draw(min(_AT_ONCE, replications - start), int(chunk))
        for start, chunk in zip(starts, seeds, strict=True)
    ]
    rejected: pd.Series = (pd.concat(parts) < _LEVEL).mean()
    return 100.0 * rejected


def table(*, replications: int, seed: int) -> pd.DataFrame:
    """Tabulate `rejections`: (comparison, standard error) x rejected."""
    rows: dict[tuple[str, str], dict[str, float]] = {}
    for comparison, (draw, ways) in COMPARISONS.items():
        rates = rejections(draw, replications=replications, seed=seed)
        rows |= {(comparison, words): {"rejected": rates[way]} for way, words in ways.items()}
    return pd.DataFrame.from_dict(rows, orient="index")


def main(replications: int = 2000, seed: int = 550) -> None:
    """Print the table as Markdown, with what it was made from."""
    noise = 196.0 * np.sqrt(_LEVEL * (1 - _LEVEL) / replications)
    print("| comparison | standard error from | rejected |")
    print("|:--|:--|--:|")
    for (comparison, words), row in table(replications=replications, seed=seed).iterrows():
        print(f"| {comparison} | {words} | {row['rejected']:.1f} |")
    print(
        f"\nRejections at nominal 5 %, per cent of {replications:,} replications, seed {seed}; "
        f"a true 5 % is measured as 5 ± {noise:.1f}."
    )


if __name__ == "__main__":
    main()
