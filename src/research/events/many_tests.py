"""Many tests at once: every group on its quiet dates, and every group at every event."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

import pandas as pd

from research.data import MarketData
from research.events.placebo import Placebo, time_placebo
from research.events.study import BENCHMARKS, RETURNS_ARE, calendars_of, members
from research.events.tests import adjusted
from research.events.windows import day_zero


def placebos(
    market: MarketData,
    events: pd.DataFrame,
    groups: Collection[str] | pd.Series,
    *,
    model: str,
    window: Sequence[int],
    estimation: Sequence[int],
) -> dict[str, Placebo]:
    """Run the time placebo of each group (names, or a Series by share); all events are busy."""
    chosen = members(market, groups)
    calendars = calendars_of(market, chosen)
    exchanges = calendars.unique()
    busy = day_zero(events, pd.Series(exchanges, index=exchanges)).groupby("calendar")["date"]
    out = {}
    for group in groups.unique() if isinstance(groups, pd.Series) else groups:
        assets = list(chosen.index[chosen == group])
        calendar = str(calendars[assets[0]])
        out[group] = time_placebo(
            market.returns[assets],
            market.returns[BENCHMARKS[calendar]],
            group,
            calendar=calendar,
            busy=list(busy.get_group(calendar)),
            returns_are=RETURNS_ARE,
            model=model,
            window=window,
            estimation=estimation,
        )
    return out


def ranks(summary: pd.DataFrame, quiet: Mapping[str, Placebo]) -> pd.DataFrame:
    """Rank each group's kp_t and portfolio_t (``summary``, index group) among its quiet dates.

    Table: index group; kp_rank_pvalue, portfolio_rank_pvalue; n_larger (quiet dates with a
    portfolio t, which one firm has as well, at least as large) of n_quiet.
    """
    rows = {}
    for group, placebo in quiet.items():
        kp, _, _ = placebo.rank(float(summary.loc[group, "kp_t"]), "kp_t")
        portfolio, larger, of = placebo.rank(
            float(summary.loc[group, "portfolio_t"]), "portfolio_t"
        )
        rows[group] = (kp, portfolio, larger, of)
    columns = ["kp_rank_pvalue", "portfolio_rank_pvalue", "n_larger", "n_quiet"]
    found = pd.DataFrame.from_dict(rows, orient="index", columns=columns)
    return found.rename_axis("group")


def adjust(summary: pd.DataFrame, pvalue: str = "kp_pvalue") -> pd.DataFrame:
    """Adjust the p-values of one test of many events and groups for their number.

    Events with the same day 0 ask the same question of a group: each (group, day 0) counts once.

    Table: ``summary`` with holm_pvalue, bh_pvalue and n_hypotheses; NaN where the test is.
    """
    keys = pd.MultiIndex.from_frame(summary.reset_index()[["group", "date"]])
    pvalues = pd.Series(summary[pvalue].to_numpy(), index=keys)
    family = pvalues.dropna()
    family = family[~family.index.duplicated()]
    out = summary.assign(n_hypotheses=len(family))
    for column, values in adjusted(family).items():
        out[str(column)] = values.reindex(keys).where(pvalues.notna()).to_numpy()
    return out
