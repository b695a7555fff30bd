"""The average US rate on Japan by authority on a day, from measures, goods and MFN rates."""

from __future__ import annotations

import numpy as np
import pandas as pd

from research.data import load_table
from research.errors import Fault, InputError, raise_if
from research.tariffs.measures import duty_share, rate_faults
from research.tariffs.schedule import Schedule, check_days, japan_schedule

#: MFN rate on passenger cars (heading 8703 of the tariff schedule).
CARS_MFN_SHARE = 0.025

#: Parts of a rate, in the words of ``tariffs/japan_statutory_rate``.
PARTS = ("base_share", "ieepa_share", "s122_share", "s232_share", "s301_share")

#: Differences of the parts to those published, as `PARTS`.
DIFFERENCES = tuple(part.replace("share", "difference_share") for part in PARTS)

#: Section 232 duties that the published series lists one by one.
PARTS_232 = tuple(
    f"s232_{goods}_share" for goods in ("autos", "auto_parts", "steel", "aluminum", "copper", "mhd")
)

#: Goods whose share is read off the jump of the published Section 232 rate: day, and legal rate.
JUMPS = {
    "timber": (pd.Timestamp("2025-10-14"), 0.15),
    "semiconductors": (pd.Timestamp("2026-01-15"), 0.25),
    "patented_pharma": (pd.Timestamp("2026-09-29"), 0.15),
}

#: Day on which derivatives left the reciprocal duty; their share is read off the fall of its rate,
#: from the level of the change point that is named second.
SPLIT_DAY, _BEFORE_SPLIT = pd.Timestamp("2025-08-18"), pd.Timestamp("2025-08-07")

#: Smallest move of the published duties on top of normal rates that tests ours.
LEAST_MOVE_SHARE = 0.0005

#: Shares of goods add up to 1 up to this: they are printed to four digits.
SUM_TOLERANCE_SHARE = 1e-3

#: Why ours is not the published rate, by the day from which the reason holds.
_REASONS = {
    "2025-01-01": "MFN rate held at its first value; cars at 2.5 %, all other goods at one mean",
    "2025-08-18": "one MFN rate for all but cars; shares of content that do not move",
    "2026-04-06": "metals annexes by three groups of goods, not by tariff line",
    "2026-06-08": "the lines that the annex expansion moves are not bundled",
    "2026-07-24": "published without the Section 301 duty; ours without the annex expansion",
}


def japan_goods() -> pd.DataFrame:
    """Split 2024 imports from Japan into goods that every measure takes or leaves as a whole.

    Goods are differences of the shares of ``tariffs/japan_coverage_2024``; four that it does not
    have follow from jumps of the published rate (timber, semiconductors, patented medicines, and
    the derivatives of August 2025 that paid the reciprocal duty before). Metal content is a good of
    its own. Cars have their MFN rate; all others one that gives the published mean of the first
    day.

    Returns
    -------
    Goods x ``import_share`` (of 2024 imports; adds up to 1) and ``mfn_share`` (share of value).

    Raises
    ------
    DataError
        If a table is not as compiled.
    """
    covered, published = _covered(), load_table("tariffs/japan_statutory_rate")
    share = {
        "cars": covered["s232_autos 2025-04-03"],
        "auto_parts": covered["s232_auto_parts 2025-05-03"],
        "trucks": covered["s232_mhd 2025-11-01"],
        "steel": covered["s232_steel 2025-03-12"],
        "aluminum": covered["s232_aluminum 2025-03-12"],
        "copper": covered["s232_copper 2025-08-01"],
        "general": covered["s122 2026-04-06"],
        **_split(covered, published),
        **{name: _jump_share(published, *jump) for name, jump in JUMPS.items()},
    }
    share["exempt"] = 1 - sum(share.values())
    goods = pd.DataFrame({"import_share": pd.Series(share)}).rename_axis("goods")
    base = published["base_share"].iloc[0]
    rest = (base - share["cars"] * CARS_MFN_SHARE) / (1 - share["cars"])
    return goods.assign(mfn_share=np.where(goods.index == "cars", CARS_MFN_SHARE, rest))


def reading_days() -> pd.DatetimeIndex:
    """Give the days of the published series that shares of goods were read off.

    They are the days of ``tariffs/japan_coverage_2024``, of `JUMPS` and of the split of August
    2025. On such a day a share is the published rate divided by the legal one, so that both fit
    by construction.
    """
    jumps = [SPLIT_DAY, *(day for day, _ in JUMPS.values())]
    return (
        pd.DatetimeIndex([*load_table("tariffs/japan_coverage_2024")["from_date"], *jumps])
        .unique()
        .sort_values()
    )


def _covered() -> dict[str, float]:
    coverage = load_table("tariffs/japan_coverage_2024")
    keys = coverage["authority"] + " " + coverage["from_date"].dt.strftime("%Y-%m-%d")
    return dict(zip(keys, coverage["covered_share"].astype(float), strict=True))


def _split(covered: dict[str, float], published: pd.DataFrame) -> dict[str, float]:
    """Split what is in and out of the reciprocal duty and Section 122 by how their shares fell."""
    reciprocal, s122 = covered["ieepa_reciprocal 2025-05-03"], covered["s122 2026-02-24"]
    ieepa = published["ieepa_share"]
    taken = 1 - ieepa[SPLIT_DAY] / ieepa[_BEFORE_SPLIT]
    steel = covered["s232_steel 2025-08-18"] - covered["s232_steel 2025-03-12"]
    aluminum = covered["s232_aluminum 2025-08-18"] - covered["s232_aluminum 2025-05-03"]
    derivatives = float(reciprocal * taken)
    return {
        "aluminum_added": covered["s232_aluminum 2025-05-03"] - covered["s232_aluminum 2025-03-12"],
        "derivatives": derivatives,
        "derivatives_annex_ii": steel + aluminum - derivatives,
        "general_metal_goods": s122 - covered["s122 2026-04-06"],
        "general_s122_exempt": reciprocal - covered["s232_mhd 2025-11-01"] - derivatives - s122,
    }


def _jump_share(published: pd.DataFrame, on: pd.Timestamp, rate_share: float) -> float:
    """Give the share of imports that moves the published Section 232 rate by its jump on a day."""
    rise = published["s232_share"].diff() - published[list(PARTS_232)].sum(axis=1).diff()
    return float(rise[on]) / rate_share


def effective_rate(
    schedule: Schedule,
    goods: pd.DataFrame,
    *,
    on: str | pd.Timestamp,
    known_on: str | pd.Timestamp | None,
) -> pd.Series:
    r"""Give the average rate on a day, by authority and in all.

    .. math:: \bar t = \sum_g w_g (m_g + \sum_a d_{ga})

    with import shares :math:`w`, MFN rates :math:`m` and the duties :math:`d` in force after
    stacking. Weights are those of ``goods``: imports do not answer to the rate.

    Parameters
    ----------
    schedule
        Measures, as of `japan_schedule`.
    goods
        Goods x ``import_share``, ``mfn_share``, as of `japan_goods`.
    on, known_on
        Day of entry, and day of the reader (``None``: with later corrections), as in
        `Schedule.in_force`.

    Returns
    -------
    `PARTS` and ``total_share``, shares of customs value.

    Raises
    ------
    InputError
        If goods or dates are not usable, with every fault.
    """
    rates = goods_rates(schedule, goods, on=on, known_on=known_on)
    return rates.mul(goods["import_share"], axis=0).sum().rename("rate_share")


def goods_rates(
    schedule: Schedule,
    goods: pd.DataFrame,
    *,
    on: str | pd.Timestamp,
    known_on: str | pd.Timestamp | None,
) -> pd.DataFrame:
    """Give the rate on each good on a day by authority; parameters as in `effective_rate`.

    Returns
    -------
    Goods x `PARTS` and ``total_share``, shares of customs value; goods that no measure names pay
    the MFN rate.

    Raises
    ------
    InputError
        If goods or dates are not usable, with every fault.
    """
    _check_goods(goods, schedule)
    day, _ = check_days(on, known_on)
    rates = pd.DataFrame(0.0, index=goods.index, columns=list(PARTS))
    rates["base_share"] = goods["mfn_share"]
    for name in goods.index.intersection(schedule.goods()):
        for measure in schedule.in_force(name, day, known_on=known_on):
            part = f"{measure.track.split('_')[0]}_share"
            rates.loc[name, part] += duty_share(measure, goods.at[name, "mfn_share"])
    return rates.assign(total_share=rates.sum(axis=1))


def against_published() -> pd.DataFrame:
    """Hold the rate engine against the published rate on each of its 31 change points.

    Shares of goods were read off the same series, so that the first rate of a measure fits by
    construction. What is tested is what follows: later rates, dates and stacking.

    Returns
    -------
    Dates x ``ours_share``, ``published_share``, ``difference_share``, the same difference by
    authority (`DIFFERENCES`, adding up to it but for rounding of the source), ``tested`` (the
    published duties on top of normal rates move by more than `LEAST_MOVE_SHARE`, and the day is
    none of `reading_days`) and ``why``.

    Raises
    ------
    DataError
        If a table is not as compiled.
    """
    published, schedule, goods = (
        load_table("tariffs/japan_statutory_rate"),
        japan_schedule(),
        japan_goods(),
    )
    rows = [effective_rate(schedule, goods, on=day, known_on=None) for day in published.index]
    ours = pd.DataFrame(rows).set_axis(published.index)
    table = pd.DataFrame({"ours_share": ours["total_share"]})
    table["published_share"] = published["total_share"]
    table["difference_share"] = table["ours_share"] - table["published_share"]
    table[list(DIFFERENCES)] = ours[list(PARTS)] - published[list(PARTS)]
    moves = published[list(PARTS[1:])].sum(axis=1).diff().abs() > LEAST_MOVE_SHARE
    table["tested"] = moves & ~table.index.isin(reading_days())
    starts = np.array(list(_REASONS), dtype="datetime64[us]")
    last = np.searchsorted(starts, table.index.to_numpy(), side="right") - 1
    return table.assign(why=[list(_REASONS.values())[place] for place in last])


def _check_goods(goods: pd.DataFrame, schedule: Schedule) -> None:
    """Refuse goods that are not labelled shares, or that lack a good that a measure names."""
    summary = "The goods cannot be used."
    wanted = ["import_share", "mfn_share"]
    if not isinstance(goods, pd.DataFrame) or not set(wanted) <= set(goods.columns):
        found = list(getattr(goods, "columns", [type(goods).__name__]))
        raise InputError(summary, [Fault("goods", f"columns {', '.join(wanted)}", f"{found}")])
    faults = [
        Fault("goods", "each name once", f"{name!r} twice")
        for name in goods.index[goods.index.duplicated()].unique()
    ]
    todo = "Correct the name in the measure, or add the row with share 0."
    faults += [
        Fault("goods", f"a row {name!r}, which a measure names", "none", todo)
        for name in schedule.goods()
        if name not in goods.index
    ]
    for column in wanted:
        for name, value in goods[column].items():
            faults += rate_faults(value, f"goods {name}, {column}")
    raise_if(InputError, summary, faults)
    total = goods["import_share"].sum()
    if abs(total - 1) > SUM_TOLERANCE_SHARE:
        fault = Fault("goods, import_share", "shares that add up to 1", f"{total:g}")
        raise InputError(summary, [fault])
