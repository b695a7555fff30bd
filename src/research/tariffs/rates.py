"""The average US rate on Japan by authority on a day, from measures, goods and normal rates."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from itertools import product

import numpy as np
import pandas as pd

from research.data import catalog, load_table, once
from research.shared import shared
from research.tariffs.law import (
    TRACKS_232,
    Day,
    Measure,
    Schedule,
    check_days,
    collected_longer,
    japan_schedule,
)

#: Normal (MFN) rate on passenger cars (heading 8703 of the tariff schedule).
CARS_MFN_SHARE = 0.025

#: Parts of a rate, as ``tariffs/japan_statutory_rate`` has them, in words.
PART_NAMES: Mapping[str, str] = {
    "base_share": "normal (MFN)",
    "s232_share": "Section 232",
    "ieepa_share": "emergency powers",
    "s122_share": "Section 122",
    "s301_share": "Section 301",
}
PARTS = tuple(PART_NAMES)

#: Differences of the parts to those published, as `PARTS`.
DIFFERENCES = tuple(part.replace("share", "difference_share") for part in PARTS)

#: Goods of `japan_goods` that no Section 232 duty takes.
MOST_GOODS = "general"

#: Smallest move of the published duties on top of normal rates that tests ours; largest difference
#: in points that counts as following them.
LEAST_MOVE_SHARE, FOLLOWS_POINTS = 0.0005, 0.5

_COVERAGE, _PUBLISHED = "tariffs/japan_coverage_2024", "tariffs/japan_statutory_rate"


@once
def japan_goods(**part_share: float) -> pd.DataFrame:
    """Split 2024 imports from Japan into goods that every measure takes or leaves as a whole.

    Goods x ``import_share`` (of 2024 imports; adds up to 1) and ``mfn_share`` (share of value).
    They are differences of the shares of ``tariffs/japan_coverage_2024``; four that it does not
    have follow from jumps of the published rate (timber, semiconductors, patented medicines, and
    the derivatives of August 2025 that paid the reciprocal duty before). Metal content is a good of
    its own. Cars have their normal rate; all others one that gives the published mean of day one.

    Goods that orders of 2026 tell apart are split, as ``goods.part``, by the central shares of
    ``tariffs/goods_splits``, or by ``part_share``, shares by name of the part.
    """
    coverage, published = load_table(_COVERAGE).sort_values("from_date"), load_table(_PUBLISHED)
    shares = coverage.set_index("authority")["covered_share"].astype(float)
    by = {name: list(shares[[name]]) for name in shares.index.unique()}
    (cars,), (trucks,) = by["s232_autos"], by["s232_mhd"]
    (steel, steel_august), (alu, alu_may, alu_august) = by["s232_steel"], by["s232_aluminum"]
    (_, reciprocal), (s122, s122_april) = by["ieepa_reciprocal"], by["s122"]
    ieepa = published["ieepa_share"]
    after = ieepa.index.get_loc(_split_day())
    derivatives = float(reciprocal * (1 - ieepa.iloc[after] / ieepa.iloc[after - 1]))
    share = {
        "cars": cars,
        "auto_parts": by["s232_auto_parts"][0],
        "trucks": trucks,
        "steel": steel,
        "aluminum": alu,
        "copper": by["s232_copper"][0],
        "general": s122_april,
        "aluminum_added": alu_may - alu,
        "derivatives": derivatives,
        "derivatives_annex_ii": steel_august - steel + (alu_august - alu_may) - derivatives,
        "general_metal_goods": s122 - s122_april,
        "general_s122_exempt": reciprocal - trucks - derivatives - s122,
    }
    listed = [name for name in published if name.startswith("s232_") and name != "s232_share"]
    rise = published["s232_share"].diff() - published[listed].sum(axis=1).diff()
    for first in _jumps():
        share[first.goods[0]] = float(rise[pd.Timestamp(first.effective_date)]) / first.rate_share
    share["exempt"] = 1 - sum(share.values())
    share = _with_parts(share, part_share)
    goods = pd.DataFrame({"import_share": pd.Series(share)}).rename_axis("goods")
    rest = (published["base_share"].iloc[0] - cars * CARS_MFN_SHARE) / (1 - cars)
    return goods.assign(mfn_share=np.where(goods.index == "cars", CARS_MFN_SHARE, rest))


def _with_parts(share: dict[str, float], own: Mapping[str, float]) -> dict[str, float]:
    """Split goods row by row; a part of goods is ``goods.part``, a later row splits the rest."""
    splits = load_table("tariffs/goods_splits")
    for part, row in splits.iterrows():
        cut = own.get(str(part), row["central"])
        for name in list(share):
            base, _, last = name.partition(".")
            if (last or base) in row["of"].split():
                whole = share.pop(name)
                share[f"{base}.{part}"] = cut * whole
                share[base if row["rest"] == base else f"{base}.{row['rest']}"] = (1 - cut) * whole
    return share


def reading_days() -> pd.DatetimeIndex:
    """Give the days of the published series that shares of goods were read off: both fit there."""
    parts = set(load_table("tariffs/goods_splits").index)
    named = [m for m in japan_schedule().measures if parts & set(m.goods)]
    jumps = [pd.Timestamp(m.effective_date) for m in (*_jumps(), *named)]
    days = pd.DatetimeIndex([*load_table(_COVERAGE)["from_date"], _split_day(), *jumps])
    return days[days.isin(load_table(_PUBLISHED).index)].unique().sort_values()


def _jumps() -> list[Measure]:
    """Give the Section 232 duties without a share in the coverage: it is the jump by their rate."""
    covered, days = set(load_table(_COVERAGE)["authority"]), load_table(_PUBLISHED).index
    dated = [m for m in japan_schedule().measures if pd.Timestamp(m.effective_date) in days]
    firsts = {m.track: m for m in reversed(dated)}
    return [firsts[track] for track in TRACKS_232 if track in firsts and track not in covered]


def _split_day() -> pd.Timestamp:
    """Give the day on which derivatives left the reciprocal duty: by its fall they are measured."""
    metals = (m for m in japan_schedule().measures if m.track in TRACKS_232)
    return pd.Timestamp(min(m.effective_date for m in metals if "derivatives" in m.goods))


def effective_rate(
    schedule: Schedule, goods: pd.DataFrame, *, on: Day, known_on: Day | None
) -> pd.Series:
    r"""Give the average rate on a day, by authority and in all.

    .. math:: \bar t = \sum_g w_g (m_g + \sum_a d_{ga})

    with import shares :math:`w`, normal rates :math:`m` and the duties :math:`d` in force after
    stacking. Weights are those of ``goods``: imports do not answer to the rate.

    Days as in `law.check_days`; `PARTS` and ``total_share``, shares of customs value.
    """
    rates = goods_rates(schedule, goods, on=on, known_on=known_on)
    return rates.mul(goods["import_share"], axis=0).sum().rename("rate_share")


def corner_shares(schedule: Schedule) -> pd.DataFrame:
    """Give import shares with each assumed part at its low and at its high end: goods x corners.

    Parts are those of ``tariffs/goods_splits`` that a measure of the schedule names. An average is
    linear in each share, so that its smallest and largest value over all ranges are at corners.
    """
    splits = load_table("tariffs/goods_splits")
    named = {name for measure in schedule.measures for name in measure.goods}
    ends = splits.loc[splits.index.isin(named), ["low", "high"]]
    cases = [dict(zip(ends.index, map(float, x), strict=True)) for x in product(*ends.to_numpy())]
    return pd.DataFrame({n: japan_goods(**x)["import_share"] for n, x in enumerate(cases)})


def goods_rates(
    schedule: Schedule, goods: pd.DataFrame, *, on: Day, known_on: Day | None
) -> pd.DataFrame:
    """Give the rate on each good, as in `effective_rate`: goods x `PARTS` and ``total_share``."""
    days = check_days(on, known_on)
    law = {name: schedule.law(name, *days) for name in goods.index}
    return rates_by_law(law, goods["mfn_share"])


def rates_by_law(law: Mapping[str, tuple[Measure, ...]], mfn_share: pd.Series) -> pd.DataFrame:
    """Add up normal rates and what measures in force ask: goods x `PARTS`, ``total_share``."""
    rates = np.zeros((len(mfn_share), len(PARTS)))
    rates[:, 0] = mfn_share
    for row, (name, normal) in enumerate(mfn_share.items()):
        for measure in law[str(name)]:
            part = PARTS.index(f"{measure.track.split('_')[0]}_share")
            rates[row, part] += measure.duty_share(normal)
    frame = pd.DataFrame(rates, mfn_share.index, list(PARTS))
    return frame.assign(total_share=rates.sum(axis=1))


def published_as_of() -> pd.Timestamp:
    """Give the day on which the published rate was computed: it has no law of later."""
    return pd.Timestamp(catalog.sidecar(_PUBLISHED).as_of)


@shared
def against_published() -> pd.DataFrame:
    """Hold the rate engine against the published rate on each of its 31 change points.

    Shares of goods were read off the same series, so that the first rate of a measure fits by
    construction. ``tested`` marks what follows, later rates, dates and stacking: the published
    duties move by more than `LEAST_MOVE_SHARE`, and the day is none of `reading_days`.
    ``behind_share`` is what law adds that became public after `published_as_of`; the published rate
    cannot have it, so that it is ``left_share``, the difference without it, that tests ours.
    ``low_share`` and ``high_share`` are ours at the ends of the ranges of ``tariffs/goods_splits``.
    """
    published, schedule, goods = load_table(_PUBLISHED), japan_schedule(), japan_goods()
    days, weights = published.index, goods["import_share"]
    rates = {day: goods_rates(schedule, goods, on=day, known_on=None) for day in days}
    ours = pd.DataFrame({day: one.mul(weights, axis=0).sum() for day, one in rates.items()}).T
    known = [effective_rate(schedule, goods, on=x, known_on=published_as_of()) for x in days]
    table = pd.DataFrame(
        {"ours_share": ours["total_share"], "published_share": published["total_share"]}
    )
    table["difference_share"] = table["ours_share"] - table["published_share"]
    table["behind_share"] = ours["total_share"] - [one["total_share"] for one in known]
    table["left_share"] = table["difference_share"] - table["behind_share"]
    table[list(DIFFERENCES)] = ours[list(PARTS)] - published[list(PARTS)]
    totals = pd.DataFrame({day: one["total_share"] for day, one in rates.items()})
    ends = totals.T @ corner_shares(schedule).reindex(totals.index)
    table["low_share"], table["high_share"] = ends.min(axis=1), ends.max(axis=1)
    moves = published[list(PARTS[1:])].sum(axis=1).diff().abs() > LEAST_MOVE_SHARE
    return table.assign(tested=moves & ~table.index.isin(reading_days()))


@once
def rate_steps() -> pd.DataFrame:
    """Give the rate on each day of change: days x the words of `PART_NAMES`, % of customs value."""
    schedule, goods = japan_schedule(), japan_goods()
    rows = {
        day: effective_rate(schedule, goods, on=day, known_on=None)
        for day in schedule.change_days()
    }
    parts = 100 * pd.DataFrame.from_dict(rows, orient="index")[list(PARTS)]
    return parts.rename(columns=dict(PART_NAMES)).rename_axis("day")


def most_goods() -> pd.DataFrame:
    """Give the rate on most goods, those no Section 232 duty takes, a row until the next rate.

    ``added_pct`` is on top of the normal rate, a mean over goods: under a floor the normal rate
    lies inside, so that it is less than the floor, which goods without a normal rate pay in full
    (``without_normal_pct``). ``collected_until`` is the last day on which customs collected a duty
    that had ended in law.
    """
    schedule, normal = japan_schedule(), japan_goods().at[MOST_GOODS, "mfn_share"]
    rows = []
    for day in schedule.change_days():
        law = schedule.law(MOST_GOODS, day.date(), date.max)
        added, full = (sum(m.duty_share(base) for m in law) for base in (normal, 0.0))
        rows.append((day, round(100 * added, 6), 100 * (normal + added), round(100 * full, 6)))
    columns = ["from_day", "added_pct", "total_pct", "without_normal_pct"]
    table = pd.DataFrame(rows, columns=columns)
    table = table[table["added_pct"].diff() != 0].reset_index(drop=True)
    table["to_day"] = table["from_day"].shift(-1) - pd.Timedelta(days=1)
    table["days"] = (table["to_day"] - table["from_day"]).dt.days + 1
    table["collected_until"] = table["from_day"].map(collected_longer(MOST_GOODS))
    return table[["from_day", "to_day", "days", *columns[1:], "collected_until"]]


def cars() -> pd.DataFrame:
    """Give ``rate_pct`` on passenger cars ``from_day`` on, and the ``law`` behind it."""
    schedule, normal = japan_schedule(), CARS_MFN_SHARE
    rows = []
    for day in schedule.change_days():
        law = schedule.law("cars", day.date(), date.max)
        words = "; ".join(f"{one.source} ({one.basis})" for one in law) or "heading 8703"
        rows.append((day, 100 * (normal + sum(m.duty_share(normal) for m in law)), words))
    table = pd.DataFrame(rows, columns=["from_day", "rate_pct", "law"])
    return table[table["rate_pct"].diff() != 0].reset_index(drop=True)


def marks() -> pd.DataFrame:
    """Give the days that a figure of the rate marks: ``day``, ``label`` and ``kind``.

    They are the days on which the rate of the measure on most goods, cars or steel changes for
    longer than a day (``in force``, or ``ruling`` where the emergency duty ends), the day of a
    ``threat`` and that on which the deal was ``announced``.
    """
    schedule, rows = japan_schedule(), []
    days = schedule.change_days()
    for words, name in {"most goods": MOST_GOODS, "cars": "cars", "metals": "steel"}.items():
        last = ""
        for day, after in zip(days, [*days[1:], pd.Timestamp.max], strict=True):
            law = schedule.law(name, day.date(), date.max)
            label = f"{100 * law[0].rate_share:g} % on {words}" if law else "emergency duties end"
            if label != last and (last or law) and (after - day).days > 1:
                rows.append((day, label, "in force" if law else "ruling"))
                last = label
    for threat in (m for m in schedule.measures if m.basis == "threat"):
        start = threat.effective_date
        words = f"letter: {100 * threat.rate_share:g} % from {start.day} {start:%B}"
        rows.append((pd.Timestamp(threat.known_date), words, "threat"))
    day = pd.Timestamp(load_table("deal/events").at["deal_announced", "date_local"])
    rows.append((day, "deal announced", "announced"))
    return pd.DataFrame(rows, columns=["day", "label", "kind"]).sort_values(
        "day", ignore_index=True
    )
