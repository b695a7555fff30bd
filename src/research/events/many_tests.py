"""Many tests at once: each group on its quiet dates and at every event, and stated directions."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

import numpy as np
import pandas as pd

from research.data import MarketData
from research.events.placebo import Placebo, time_placebo
from research.events.results import EventStudy
from research.events.study import BENCHMARKS, RETURNS_ARE, calendars_of, members, react
from research.events.tests import adjusted
from research.events.windows import day_zero
from research.shared import shared

_KEYS = ["event_id", "group"]

#: Directions of a hypothesis; any other is a `KeyError`.
SIGNS = {"+": 1.0, "-": -1.0}

#: Tests that are taken on quiet dates.
TESTED = ("csect_t", "patell_z", "bmp_t", "kp_t", "portfolio_t")


@shared
def placebos(
    market: MarketData,
    events: pd.DataFrame,
    groups: Collection[str] | pd.Series,
    *,
    model: str,
    window: Sequence[int],
    estimation: Sequence[int],
) -> dict[str, Placebo]:
    """Run the time placebo of each group (names, or a Series by share); all events are busy.

    Taken are the tests of `TESTED`.
    """
    chosen = members(market, groups)
    calendars = calendars_of(market, chosen)
    exchanges = calendars.unique()
    busy = day_zero(events, pd.Series(exchanges, index=exchanges)).groupby("calendar")["date"]
    out = {}
    for name in groups.unique() if isinstance(groups, pd.Series) else groups:
        assets = list(chosen.index[chosen == name])
        calendar = str(calendars[assets[0]])
        out[str(name)] = time_placebo(
            market.returns[assets],
            market.returns[BENCHMARKS[calendar]],
            calendar=calendar,
            busy=sorted(set(busy.get_group(calendar))),
            model=model,
            window=window,
            estimation=estimation,
            returns_are=RETURNS_ARE,
            tests=TESTED,
        )
    return out


@shared
def at_events(
    market: MarketData,
    events: pd.DataFrame,
    groups: Collection[str],
    *,
    model: str,
    window: Sequence[int],
    estimation: Sequence[int],
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Study each group at every event: `EventStudy.summary`, and what was left out."""
    study = react(market, events, groups, model=model, window=window, estimation=estimation)
    return study.summary(window), study.dropped


def ranks(summary: pd.DataFrame, quiet: Mapping[str, Placebo]) -> pd.DataFrame:
    """Rank each group's kp_t and portfolio_t (``summary``, index group) among its quiet dates.

    Table: index group; kp_rank_pvalue, portfolio_rank_pvalue; n_larger (quiet dates with a
    portfolio t, which one firm has as well, at least as large) of n_quiet.
    """
    rows = {
        group: (one.rank(kp, "kp_t")[0], *one.rank(portfolio, "portfolio_t"))
        for group, one in quiet.items()
        for kp, portfolio in [summary.loc[group, ["kp_t", "portfolio_t"]].astype(float)]
    }
    columns = ["kp_rank_pvalue", "portfolio_rank_pvalue", "n_larger", "n_quiet"]
    return pd.DataFrame.from_dict(rows, orient="index", columns=columns).rename_axis("group")


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


def stated_directions(study: EventStudy, stated: pd.DataFrame) -> pd.DataFrame:
    """Ask of each event and group whether the portfolio t is large in the stated direction s.

    ``p = P(T >= s t)`` by Student's t. Holm's correction takes the rows as the family and holds for
    any dependence between them (Holm 1979, Scandinavian J. Statistics 6, 65-70); what ranks say of
    the same rows is `research.events.chance.stand_out`.

    ``stated`` are rows of deal/hypotheses.

    Table: ``stated`` with n, caar (fraction), date, portfolio_t, df, pvalue, holm_pvalue; NaN where
    the study lacks the event.
    """
    keys = pd.MultiIndex.from_frame(stated[_KEYS])
    sign = np.array([SIGNS[one] for one in stated["expected_sign"]])
    tests = study.tests(names=["portfolio_t"]).set_index(_KEYS).reindex(keys)
    dates = study.summary()["date"].reindex(keys)
    t, two_sided = tests["statistic"].to_numpy(), tests["pvalue"].to_numpy()
    out = stated.assign(
        n=tests["n"].to_numpy(),
        caar=tests["mean"].to_numpy(),
        date=dates.to_numpy(),
        portfolio_t=t,
        df=tests["df"].to_numpy(),
        pvalue=np.where(sign * t > 0, two_sided, 2 - two_sided) / 2,
    )
    out["holm_pvalue"] = adjusted(out["pvalue"])["holm_pvalue"]
    return out
