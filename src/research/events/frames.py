"""Tables behind the figures of a market study, in per cent."""

from __future__ import annotations

import textwrap
from collections.abc import Collection, Mapping, Sequence

import pandas as pd
from scipy import stats

from research.data.groups import group_name
from research.events.placebo import Placebo
from research.words import signed

#: Short names of the group tests, the headline last.
TEST_NAMES = {
    "csect_t": "cross-sectional t",
    "bmp_t": "standardised t",
    "patell_z": "Patell z",
    "portfolio_t": "portfolio t",
    "kp_t": "Kolari-Pynnonen t",
}

#: Characters of an event's title on an axis.
_TITLE_LENGTH = 58


def firm_intervals(
    car: pd.DataFrame, table: pd.DataFrame, groups: Sequence[str], level: float = 0.95
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Give each firm's CAR with its interval, and each group's mean with two intervals.

    Parameters
    ----------
    car
        Index asset; car, se, df, group (`research.events.reactions.Reactions.car`).
    table
        Index group; caar, csect_t, n, low, high.
    groups
        Groups wanted.

    Returns
    -------
    tuple of pandas.DataFrame
        Firms (asset, group, car_pct, low_pct, high_pct) and groups (group, caar_pct,
        naive_low_pct, naive_high_pct from the spread over firms, low_pct, high_pct from the
        portfolio).
    """
    chosen = car[car["group"].isin(groups) & car["car"].notna()]
    half = stats.t.ppf(0.5 + level / 2, chosen["df"]) * chosen["se"]
    firms = pd.DataFrame(
        {
            "asset": chosen.index.get_level_values("asset"),
            "group": chosen["group"].to_numpy(),
            "car_pct": 100 * chosen["car"].to_numpy(),
            "low_pct": 100 * (chosen["car"] - half).to_numpy(),
            "high_pct": 100 * (chosen["car"] + half).to_numpy(),
        }
    )
    rows = table.loc[list(groups)]
    # One firm has no spread: its naive interval is missing.
    naive_half = stats.t.ppf(0.5 + level / 2, (rows["n"] - 1).where(rows["n"] > 1)) * (
        rows["caar"] / rows["csect_t"]
    )
    means = pd.DataFrame(
        {
            "group": list(groups),
            "caar_pct": 100 * rows["caar"].to_numpy(),
            "naive_low_pct": 100 * (rows["caar"] - naive_half.abs()).to_numpy(),
            "naive_high_pct": 100 * (rows["caar"] + naive_half.abs()).to_numpy(),
            "low_pct": 100 * rows["low"].to_numpy(),
            "high_pct": 100 * rows["high"].to_numpy(),
        }
    )
    return firms, means


def placebo_frames(
    quiet: Mapping[str, Placebo], table: pd.DataFrame
) -> tuple[pd.DataFrame, pd.DataFrame, str]:
    """Give the headline statistic on every quiet date and on the true one.

    That is the Kolari-Pynnonen t, for the groups that have one; where none has (one firm), it
    is the portfolio t.

    Returns
    -------
    tuple
        Quiet dates (group, date, statistic), true values (group, statistic, pvalue), and the
        name of the statistic.
    """
    test, rank = "kp_t", "kp_rank_pvalue"
    if not table["kp_t"].notna().any():
        test, rank = "portfolio_t", "portfolio_rank_pvalue"
    defined = [group for group in quiet if pd.notna(table.loc[group, test])]
    parts = [
        quiet[group].table[[test]].rename(columns={test: "statistic"}).assign(group=group)
        for group in defined
    ]
    values = pd.concat(parts).rename_axis("date").reset_index()
    actual = table.loc[defined, [test, rank]].reset_index(names="group")
    actual.columns = pd.Index(["group", "statistic", "pvalue"])
    return values[["group", "date", "statistic"]], actual, TEST_NAMES[test]


def heat_frame(
    summary: pd.DataFrame, events: pd.DataFrame, groups: Collection[str]
) -> pd.DataFrame:
    """Lay events x groups out for a heat map, one row for all events of the same day.

    Parameters
    ----------
    summary
        Result of `research.events.many_tests.adjust`.
    events
        Table of ``deal/events``, for titles and order.
    groups
        Groups in the order wanted.

    Returns
    -------
    pandas.DataFrame
        row (day and title), event_id, group, date, n, caar_pct, kp_pvalue, bh_pvalue.
    """
    out = summary.reset_index()
    out = out[out["group"].isin(groups)].copy()
    out["caar_pct"] = 100 * out["caar"]
    titles = [
        textwrap.shorten(events["title"].loc[name], _TITLE_LENGTH, placeholder=" …")
        for name in out["event_id"]
    ]
    days = events["date_local"].reindex(out["event_id"]).dt.strftime("%Y-%m-%d").to_numpy()
    out["row"] = days + "  " + titles
    order = {name: number for number, name in enumerate(groups)}
    place = {name: number for number, name in enumerate(events.index)}
    out = out.assign(_event=out["event_id"].map(place), _group=out["group"].map(order))
    columns = ["row", "event_id", "group", "date", "n", "caar_pct", "kp_pvalue", "bh_pvalue"]
    return out.sort_values(["_event", "_group"])[columns].reset_index(drop=True)


def power_frames(
    curve: pd.DataFrame, smallest: pd.DataFrame, event_id: str, test: str
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Give one event's power curves and minimal detectable effects, in per cent.

    Parameters
    ----------
    curve, smallest
        Results of `research.events.power.power_curve` and `minimal_detectable_effect`.
    event_id, test
        The event, and one of `research.events.power.POWER_TESTS`.

    Returns
    -------
    tuple of pandas.DataFrame
        Curves (group, effect_pct, power_pct, power_resampled_pct) and effects (group, mde_pct).
    """
    chosen = curve[(curve["event_id"] == event_id) & (curve["test"] == test)]
    lines = pd.DataFrame(
        {
            "group": chosen["group"].to_numpy(),
            "effect_pct": 100 * chosen["effect"].to_numpy(),
            "power_pct": 100 * chosen["power"].to_numpy(),
            "power_resampled_pct": 100 * chosen["power_resampled"].to_numpy(),
        }
    )
    marks = 100 * smallest.loc[event_id, f"{test}_mde"].rename("mde_pct")
    return lines, marks.loc[lines["group"].unique()].reset_index()


def contrast_frame(table: pd.DataFrame) -> pd.DataFrame:
    """Label contrasts with a test for a forest plot, in per cent.

    Parameters
    ----------
    table
        Result of `research.events.contrasts.contrasts`, rows of one event or of several.
    """
    tested = table[table["pvalue"].notna()]
    several = len(set(tested["event_id"])) > 1
    names = [
        f"{group_name(a)} less {group_name(b)}"
        for a, b in zip(tested["first"], tested["second"], strict=True)
    ]
    tails = [f", {event}" if several else "" for event in tested["event_id"]]
    out = pd.DataFrame({"label": [a + b for a, b in zip(names, tails, strict=True)]})
    for name in ("difference", "low", "high"):
        out[f"{name}_pct"] = 100 * tested[name].to_numpy()
    return out.assign(
        pvalue=tested["pvalue"].to_numpy(), holm_pvalue=tested["holm_pvalue"].to_numpy()
    )


def left_out(dropped: pd.DataFrame, outside: pd.DataFrame, few_firms: int) -> pd.DataFrame:
    """Count what a study of many events could not use, by reason.

    Parameters
    ----------
    dropped
        Ledger of the studies: part, reason.
    outside
        Events that the sample does not cover.
    few_firms
        Pairs of an event and a group with too few firms that have figures.

    Returns
    -------
    pandas.DataFrame
        part, reason, number.
    """
    # How many days a share had differs from share to share; the reason is the same.
    reason = dropped["reason"].str.replace(r"^\d+ usable", "too few usable", regex=True)
    counts = dropped.assign(reason=reason).groupby(["part", "reason"]).size()
    rows = counts.rename("number").reset_index()
    other = {
        "part": ["event on an exchange", "event and group"],
        "reason": ["day 0 is after the last figure", "fewer than 3 firms have figures"],
        "number": [len(outside), few_firms],
    }
    return pd.concat([rows, pd.DataFrame(other)], ignore_index=True)


def robustness_frame(checks: pd.DataFrame, level: float = 0.05) -> pd.DataFrame:
    """Lay out `many_tests.robustness` for reading: a row a group, a column a variant.

    Each cell gives the mean CAR in per cent, with a star where the p of Kolari and Pynnonen is
    below ``level``, or "none" where the setting leaves too few firms or estimation days.
    """
    words = [
        f"{signed(100 * caar, 1)}{'*' if pvalue < level else ''}" if pd.notna(pvalue) else "none"
        for caar, pvalue in zip(checks["caar"], checks["kp_pvalue"], strict=True)
    ]
    cells = checks.assign(words=words, group=checks["group"].map(group_name))
    table = cells.pivot_table(
        index="group", columns="variant", values="words", aggfunc="first", sort=False
    )
    return table.rename_axis(columns="mean CAR, %")
