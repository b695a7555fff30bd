"""Titles that state the finding, and alt texts for readers who cannot see the picture."""

from __future__ import annotations

import pandas as pd

from research.data.groups import group_name
from research.events.findings import LEVEL, hypotheses
from research.words import counted, counted_of, day_words, p_words, percent, signed


def day_title(moves: pd.DataFrame) -> str:
    """State what the Nikkei and the funds did on their day 0."""
    names = {"N225": "Nikkei", "SMH": "chip fund", "XLE": "energy fund"}
    parts = [f"{name} {percent(moves.loc[series, 'return_pct'])}" for series, name in names.items()]
    reported = moves.loc["N225", "reported_pct"]
    if not pd.isna(reported):
        parts[0] += f" (reported: {percent(reported, 1)})"
    tokyo, new_york = (day_words(moves.loc[name, "date"]) for name in ("N225", "SMH"))
    if tokyo == new_york:
        return f"Day 0, {tokyo}: {', '.join(parts)}"
    return f"Tokyo on {tokyo}: {parts[0]}. New York on {new_york}: {parts[1]}, {parts[2]}"


def day_alt(moves: pd.DataFrame) -> str:
    """Read the bars of the day out."""
    values = ", ".join(
        f"{label} {signed(value)}"
        for label, value in zip(moves["label"], moves["return_pct"], strict=True)
    )
    return f"Bars of the return on day 0 in per cent: {values}."


def path_title(path: pd.DataFrame, event: str) -> str:
    """Say how many groups end outside their band."""
    last = path[path["day"] == path["day"].max()]
    outside = last[(last["low_pct"] > 0) | (last["high_pct"] < 0)]
    names = ", ".join(group_name(group) for group in outside["group"])
    span = f"from day {signed(path['day'].min(), 0)} to day {signed(path['day'].max(), 0)}"
    tail = f": {names}" if names else ""
    return (
        f"{event}: {counted_of(len(outside), len(last), 'group').lower()} moved beyond the 95 % "
        f"band {span}{tail}"
    )


def path_alt(path: pd.DataFrame) -> str:
    """Read the end of each path out."""
    last = path[path["day"] == path["day"].max()]
    values = "; ".join(
        f"{group_name(group)} {signed(mean, 1)} ({signed(low, 1)} to {signed(high, 1)})"
        for group, mean, low, high in zip(
            last["group"], last["caar_pct"], last["low_pct"], last["high_pct"], strict=True
        )
    )
    return (
        f"Lines of the cumulative mean abnormal return with 95 % bands, a panel a group. At day "
        f"{signed(path['day'].max(), 0)}, per cent: {values}."
    )


def firms_title(table: pd.DataFrame, group: str, words: str) -> str:
    """Set the naive, the corrected and the portfolio t of a group side by side."""
    row = table.loc[group]
    if pd.isna(row["kp_t"]):
        return (
            f"{group_name(group)} {percent(100 * row['caar'], 1)} {words}: t = "
            f"{signed(row['portfolio_t'], 1)}"
        )
    return (
        f"{group_name(group)} {percent(100 * row['caar'], 1)} {words}: t = "
        f"{signed(row['bmp_t'], 1)} if its firms are independent, {signed(row['kp_t'], 1)} "
        f"corrected, {signed(row['portfolio_t'], 1)} as a portfolio"
    )


def firms_alt(means: pd.DataFrame) -> str:
    """Read the group means with their two intervals out."""
    values = "; ".join(
        f"{group_name(row['group'])}: mean {signed(row['caar_pct'])}, portfolio "
        f"{signed(row['low_pct'])} to {signed(row['high_pct'])}, firms as independent "
        f"{_interval(row['naive_low_pct'], row['naive_high_pct'])}"
        for _, row in means.iterrows()
    )
    return f"Each firm's abnormal return with its 95 % interval under two group means. {values}."


def _interval(low: float, high: float) -> str:
    return "undefined" if pd.isna(low) else f"{signed(low)} to {signed(high)}"


def placebo_title(actual: pd.DataFrame) -> str:
    """Say in how many groups the true date is extreme among the quiet ones."""
    extreme = int((actual["pvalue"] < LEVEL).sum())
    return (
        f"{counted_of(extreme, len(actual), 'group')} had on the true date (red) a statistic that "
        f"fewer than {100 * LEVEL:.0f} in 100 quiet dates reach"
    )


def placebo_alt(actual: pd.DataFrame) -> str:
    """Read the true values and their ranks out."""
    values = "; ".join(
        f"{group_name(group)} {signed(value)} (rank p {pvalue:.2f})"
        for group, value, pvalue in zip(
            actual["group"], actual["statistic"], actual["pvalue"], strict=True
        )
    )
    return f"Histograms of the statistic on quiet dates with a line at the true one: {values}."


def heat_title(summary: pd.DataFrame) -> str:
    """Count the cells that stand out before and after adjusting."""
    once, raw, left = hypotheses(summary)
    return (
        f"{raw} of {len(once):,} pairs have p < {LEVEL} (small dots), where an exact test gives "
        f"{LEVEL * len(once):.0f} by chance; {counted(left).lower()} "
        f"remain{'s' if left == 1 else ''} after adjusting (large dots)"
    )


def heat_alt(summary: pd.DataFrame) -> str:
    """Read the largest moves of the map out."""
    cells = summary.reset_index().drop_duplicates(["group", "date"])
    cells = cells.reindex(cells["caar"].abs().sort_values(ascending=False).index).head(5)
    values = "; ".join(
        f"{group_name(group)} on {date.day} {date:%b %Y} {signed(100 * value, 1)}"
        for group, date, value in zip(cells["group"], cells["date"], cells["caar"], strict=True)
    )
    return (
        f"Map of the mean abnormal return of {summary.index.get_level_values('group').nunique()} "
        f"groups at {summary.index.get_level_values('event_id').nunique()} events. Largest "
        f"moves, per cent: {values}. All values are in the data of the figure."
    )


def power_title(smallest: pd.DataFrame, power: float) -> str:
    """Say how large an effect one date shows, from the sharpest group to the bluntest."""
    found = smallest.dropna(subset="mde_pct").sort_values("mde_pct")
    if found.empty:
        return f"No group shows any effect in {100 * power:.0f} of 100 cases"
    low, high = found.iloc[0], found.iloc[-1]
    tail = f", {high['mde_pct']:.1f} % in {group_name(high['group'])}" if len(found) > 1 else ""
    return (
        f"One date shows an effect in {100 * power:.0f} of 100 cases if it is "
        f"{low['mde_pct']:.1f} % ({group_name(low['group'])}) or more{tail}"
    )


def power_alt(smallest: pd.DataFrame, power: float) -> str:
    """Read the smallest effects that are seen out."""
    values = "; ".join(
        f"{group_name(group)} {'none' if pd.isna(value) else f'{value:.1f}'}"
        for group, value in zip(smallest["group"], smallest["mde_pct"], strict=True)
    )
    return (
        f"Lines of the chance that the test sees an effect, rising with the effect, one a group. "
        f"Effect seen in {100 * power:.0f} of 100 cases, per cent: {values}."
    )


def contrast_title(table: pd.DataFrame) -> str:
    """Count the differences that stand after adjusting, and name the clearest."""
    left = int((table["holm_pvalue"] < LEVEL).sum())
    row = table.loc[table["pvalue"].idxmin()]
    return (
        f"{counted_of(left, len(table), 'difference')} {'stands' if left == 1 else 'stand'} after "
        f"adjusting for their number; clearest: {row['label']}, "
        f"{signed(row['difference_pct'], 1)} points"
    )


def contrast_alt(table: pd.DataFrame) -> str:
    """Read the differences with their intervals out."""
    values = "; ".join(
        f"{row.label} {signed(row.difference_pct, 1)} ({signed(row.low_pct, 1)} to "
        f"{signed(row.high_pct, 1)}, adjusted p {p_words(row.holm_pvalue)})"
        for row in table.itertuples()
    )
    return f"Differences of two groups with 95 % intervals, per cent: {values}."
