"""Questions that need many tests: quiet dates, many events, other settings."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

import pandas as pd

from research.data.sources import MarketData
from research.events.day_zero import day_zero
from research.events.inference import TESTS
from research.events.multiple import adjusted
from research.events.placebo import Placebo, time_placebo
from research.events.reactions import BENCHMARKS, RETURNS_ARE, calendars_of, members, react


def placebos(
    market: MarketData,
    events: pd.DataFrame,
    groups: Collection[str],
    *,
    model: str,
    window: Sequence[int],
    estimation: Sequence[int],
) -> dict[str, Placebo]:
    """Run the time placebo of each group; every event given counts as busy.

    Raises
    ------
    InputError
        As in `react` and `time_placebo`.
    """
    chosen = members(market, groups)
    calendars = calendars_of(market, chosen)
    exchanges = calendars.unique()
    exchange_days = day_zero(events, pd.Series(exchanges, index=exchanges))
    out = {}
    for group in groups:
        assets = list(chosen.index[chosen == group])
        calendar = str(calendars[assets[0]])
        out[group] = time_placebo(
            market.returns[assets],
            market.returns[BENCHMARKS[calendar]],
            group,
            calendar=calendar,
            busy=list(exchange_days.loc[exchange_days["calendar"] == calendar, "date"]),
            returns_are=RETURNS_ARE,
            model=model,
            window=window,
            estimation=estimation,
        )
    return out


def adjust(summary: pd.DataFrame) -> pd.DataFrame:
    """Adjust the Kolari-Pynnonen p-values of many events and groups for their number.

    Events with the same day 0 ask the same question of a group: each (group, day 0) counts
    once. Holm controls the chance of one false finding, Benjamini-Hochberg the share of them.
    Where no test has a p-value, there is nothing to adjust: n_hypotheses is 0.

    Returns
    -------
    pandas.DataFrame
        ``summary`` with holm_pvalue, bh_pvalue and n_hypotheses; NaN where the test is.
    """
    keys = summary.reset_index()[["group", "date"]]
    pvalues = pd.Series(summary["kp_pvalue"].to_numpy(), index=pd.MultiIndex.from_frame(keys))
    defined = pvalues.dropna()
    family = defined[~defined.index.duplicated()]
    out = summary.copy()
    out["n_hypotheses"] = len(family)
    for column, values in adjusted(family).items():
        out[str(column)] = values.reindex(pvalues.index).where(pvalues.notna()).to_numpy()
    return out


def placebo_ranks(summary: pd.DataFrame, quiet: Mapping[str, Placebo]) -> pd.DataFrame:
    """Rank each group's statistics among the quiet dates.

    Parameters
    ----------
    summary
        One row a group (index ``group``) with kp_t and portfolio_t.
    quiet
        Placebo of each group.

    Returns
    -------
    pandas.DataFrame
        Index group; kp_rank_pvalue, portfolio_rank_pvalue; n_larger (quiet dates with a
        portfolio t at least as large) of n_quiet.
    """
    rows = {}
    for group, placebo in quiet.items():
        row = {}
        for name, statistic in (("kp", "kp_t"), ("portfolio", "portfolio_t")):
            actual = float(summary[statistic].loc[group])
            row[f"{name}_rank_pvalue"], larger, row["n_quiet"] = placebo.rank(actual, statistic)
        # Of the portfolio t, which is defined for one firm as well.
        row["n_larger"] = larger
        rows[group] = row
    return pd.DataFrame.from_dict(rows, orient="index").rename_axis("group")


def false_alarms(quiet: Mapping[str, Placebo], level: float = 0.05) -> pd.DataFrame:
    """Count how often each test sees an effect on a date without an event.

    A test that keeps its promise does so on ``level`` of the quiet dates.

    Returns
    -------
    pandas.DataFrame
        Index group, columns: one a test, the share of quiet dates with p below ``level``
        (NaN where the test is undefined).
    """
    rows = {}
    for group, placebo in quiet.items():
        table = placebo.table
        tests = [name for name in TESTS if name in table]
        rows[group] = {test: _alarm_rate(table[f"{test}_pvalue"], level) for test in tests}
    return pd.DataFrame.from_dict(rows, orient="index").rename_axis("group")


def _alarm_rate(pvalues: pd.Series, level: float) -> float:
    defined = pvalues.dropna()
    return float((defined < level).mean()) if len(defined) else float("nan")


def robustness(
    market: MarketData,
    events: pd.DataFrame,
    groups: Collection[str],
    *,
    settings: Mapping[str, Mapping[str, object]],
) -> pd.DataFrame:
    """Repeat a study under other settings.

    Parameters
    ----------
    settings
        Name of the variant -> model, window, estimation for `react`.

    Returns
    -------
    pandas.DataFrame
        Columns variant, group, n, caar, kp_t, portfolio_t, kp_pvalue; variants in the order
        given.
    """
    parts = []
    for name, choice in settings.items():
        result = react(market, events, groups, **choice)  # type: ignore[arg-type]
        part = result.summary(choice["window"]).reset_index()  # type: ignore[arg-type]
        parts.append(part.assign(variant=name))
    columns = ["variant", "group", "n", "caar", "kp_t", "portfolio_t", "kp_pvalue"]
    table: pd.DataFrame = pd.concat(parts, ignore_index=True)[columns]
    return table
