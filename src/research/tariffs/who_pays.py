"""Who pays: pass-through of the tariffs since 2025 into US prices, studies, and the price of cars.

Every function takes the bundled prices and the collected rate, or a user's own.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from research.data import load_table
from research.errors import DataError, Fault
from research.tariffs.elasticities import Thetas
from research.tariffs.law import FIRST_DAY, japan_schedule
from research.tariffs.models.registry import EXPORT_SUPPLY_ELASTICITY, Case, us_market_states
from research.tariffs.pass_through import (
    Design,
    PassThrough,
    collected_rate_share,
    distributed_lags,
    lag_design,
    local_projections,
    projection_design,
)
from research.tariffs.rates import CARS_MFN_SHARE, cars, effective_rate, japan_goods
from research.tariffs.scenario import load_scenario
from research.tariffs.worlds import PARTNER

#: Duties of the month after belong to a month's imports: they are paid with some weeks of delay.
DUTY_LAG_MONTHS = 1

#: Months after the change at which pass-through is read.
HORIZON_MONTHS = 3

#: Estimates with fewer degrees of freedom are shown, but not to be quoted.
FEWEST_DF = 5

#: Words for the methods.
METHODS: dict[str, Callable[..., PassThrough]] = {
    "distributed lags": distributed_lags,
    "local projections": local_projections,
}
DESIGNS: dict[str, Design] = dict(zip(METHODS, (lag_design, projection_design), strict=True))

#: Words for the months that are used -> the first of them.
SAMPLES: dict[str, str | None] = {"all months": None, "from January 2025": "2025-01"}

#: Without a control.
NO_CONTROL = "none"

#: Words for the groups of studies -> parts of the names of their episodes; the first that fits.
EPISODES = {
    "washing machines, 2018": ("washing machines",),
    "sugar, 1890 to 1930": ("raw sugar",),
    "goods of Japan, 1980s": ("compact trucks", "heavy motorcycles"),
    "tariffs of 2018 and 2019": ("2018",),
    "tariffs of 2025": ("2025",),
}

#: Claim on the export price of cars, and the last day of its month.
CAR_PRICE_CLAIM, CAR_PRICE_DAY = "auto_01", "2025-06-30"

#: Rates by month, set side by side.
LINES = (
    "statutory on Japan",
    "after substitution, prices cut",
    "after substitution, prices kept",
    "collected on all imports",
)

_MONTHS = "tariffs/us_monthly_duties_and_prices"


@dataclass(frozen=True, eq=False, slots=True)
class Price:
    """A price whose pass-through is asked for.

    Attributes
    ----------
    name
        In words; of a price before duty, of the price with the duty, whose share is estimated.
    index
        (months,): index, NaN where not published.
    before_duty
        Whether the price excludes the duty: then 1 is a price that sellers did not cut, and 0 one
        that they cut by all of it; else home goods and margins are in the price.
    control_name, control
        What else moves the price, in words, and its (months,) index; ``None`` for nothing.
    """

    name: str
    index: pd.Series
    before_duty: bool
    control_name: str = NO_CONTROL
    control: pd.Series | None = None


def monthly_rates(duty_lag_months: int = DUTY_LAG_MONTHS) -> pd.Series:
    """Give the rate collected on all imports by month: customs duties over imports, share.

    ``duty_lag_months`` as in `collected_rate_share`; NaN where not known.
    """
    months = load_table(_MONTHS)
    duties, imports = months["customs_duties_musd"], months["imports_value_musd"]
    return collected_rate_share(duties, imports, duty_lag_months=duty_lag_months)


def bundled_prices() -> tuple[Price, ...]:
    """Give import prices before duty and consumer prices of goods, each with one control."""
    months = load_table(_MONTHS)
    fuels = ("import prices of fuels", months["import_price_fuels_index"])
    services = ("consumer prices of services", months["cpi_services_less_energy_index"])
    imports = months["import_price_nonpetroleum_index"]
    goods, durables = months["cpi_core_goods_index"], months["cpi_durables_index"]
    return (
        Price("Import prices with the duty (no petroleum)", imports, True, *fuels),
        Price("Consumer prices of goods without food and energy", goods, False, *services),
        Price("Consumer prices of durables", durables, False, *services),
    )


def estimates(
    prices: Sequence[Price] | None = None,
    rate_share: pd.Series | None = None,
    *,
    horizon_months: int = HORIZON_MONTHS,
    samples: Mapping[str, str | None] = SAMPLES,
) -> pd.DataFrame:
    """Estimate the pass-through of each price by each method and sample, at one horizon.

    Parameters
    ----------
    prices, rate_share
        Own prices and (months,) tariff rate as a share; by default the bundled ones.
    horizon_months
        Months after the change of the tariff.
    samples
        Words -> first month of the price changes, ``None`` for all; own series that end before
        2025 need others than `SAMPLES`.

    Returns
    -------
    One row per ``price``, ``sample``, ``method`` and ``control`` (samples of all months have one):
    ``months_after`` (the horizon), ``estimate_share``, ``standard_error_share``, ``low_share``,
    ``high_share`` (95 %), ``months_used``, ``residual_df``, ``first_month``, ``last_month``,
    ``months_missing``, ``quotable`` (whether there are `FEWEST_DF`).

    Raises
    ------
    InputError
        As in `research.tariffs.pass_through.estimate`.
    """
    rows = []
    for price, rate in _given(prices, rate_share):
        for sample, first in samples.items():
            controls: dict[str, pd.DataFrame | None] = {NO_CONTROL: None}
            if first is None and price.control is not None:
                change = np.log(price.control).diff()
                controls[price.control_name] = change.to_frame(price.control_name)
            for method, estimate in METHODS.items():
                for control, regressors in controls.items():
                    found = estimate(
                        price.index,
                        rate,
                        horizon_months=horizon_months,
                        before_duty=price.before_duty,
                        controls=regressors,
                        first=first,
                    )
                    names = (price.name, sample, method, control)
                    rows.append((*names, *_row(found, horizon_months)))
    key = ["price", "sample", "method", "control", "months_after"]
    own = ["estimate_share", "standard_error_share", "low_share", "high_share", "months_used"]
    rest = ["residual_df", "first_month", "last_month", "months_missing", "quotable"]
    return pd.DataFrame(rows, columns=[*key, *own, *rest])


def paths(
    prices: Sequence[Price] | None = None,
    rate_share: pd.Series | None = None,
    *,
    horizon_months: int = HORIZON_MONTHS,
    first: str | None = None,
) -> pd.DataFrame:
    """Give pass-through by month after the change; parameters and errors as in `estimates`.

    Returns
    -------
    ``price``, ``method``, ``months``, ``share_pct``, ``low_pct``, ``high_pct``, ``months_used``.
    """
    frames = []
    for price, rate in _given(prices, rate_share):
        options = {"before_duty": price.before_duty, "first": first}
        for method, estimate in METHODS.items():
            table = estimate(price.index, rate, horizon_months=horizon_months, **options).table
            frame = {
                "price": price.name,
                "method": method,
                "months": table.index,
                "share_pct": 100 * table["pass_through"],
                "low_pct": 100 * table["low"],
                "high_pct": 100 * table["high"],
                "months_used": table["n"].astype(int),
            }
            frames.append(pd.DataFrame(frame))
    return pd.concat(frames, ignore_index=True)


def _given(
    prices: Sequence[Price] | None, rate_share: pd.Series | None
) -> Iterator[tuple[Price, pd.Series]]:
    rate = monthly_rates() if rate_share is None else rate_share
    for price in bundled_prices() if prices is None else prices:
        yield price, rate


def _row(found: PassThrough, horizon: int) -> tuple[object, ...]:
    at = found.table.loc[horizon]
    missing = sum(h == horizon for h, _ in found.dropped.index)
    return (
        *(horizon, at["pass_through"], at["se"], at["low"], at["high"], int(at["n"])),
        *(int(at["df"]), found.first, found.last, missing, bool(at["df"] >= FEWEST_DF)),
    )


def literature_ranges() -> pd.DataFrame:
    """Give the range that studies span, by stage, definition and episode.

    Shares of different definitions are never put in one range.

    Returns
    -------
    ``stage``, ``definition``, ``episode`` (of `EPISODES`), ``low_share``, ``high_share`` (lowest
    and highest figure), ``findings``, ``seen`` (findings whose source was read).

    Raises
    ------
    DataError
        If the table has an episode of no group.
    """
    table = load_table("tariffs/pass_through_literature")
    groups = [
        next((name for name, parts in EPISODES.items() if any(p in episode for p in parts)), "")
        for episode in table["episode"]
    ]
    if "" in groups:
        found = table["episode"].iloc[groups.index("")]
        fault = Fault("episode", "words of EPISODES", repr(found), "Extend EPISODES.")
        raise DataError("The studies cannot be grouped.", [fault])
    figures = table[["low", "central", "high"]]
    table = table.assign(
        episode=groups,
        low_share=figures.min(axis=1),
        high_share=figures.max(axis=1),
        seen=table["evidence"] == "seen",
    )
    by = table.groupby(["stage", "definition", "episode"], sort=False)
    ranges = by.agg(
        low_share=("low_share", "min"),
        high_share=("high_share", "max"),
        findings=("study", "count"),
        seen=("seen", "sum"),
    )
    return ranges.reset_index()


def car_buyers_share() -> pd.Series:
    r"""Give the share of the car duty that buyers paid, by the Bank of Japan's export price.

    .. math:: 1 + \ln(p' / p) \,/\, \ln\frac{1 + \tau'}{1 + \tau}

    The index is of cars for North America, many of them sold to a maker's own US firm; such a price
    says what customs value the duty is taken of, not what a dealer pays.

    Returns
    -------
    ``price_change_share`` (of the price before duty, year on year), ``rate_before_share``,
    ``rate_share``, ``buyers_share``.
    """
    cut = _car_price_change()
    steps = cars().set_index("from_day")["rate_pct"] / 100
    before, after = (float(steps[:day].iloc[-1]) for day in (FIRST_DAY, CAR_PRICE_DAY))
    share = 1 + math.log1p(cut) / (math.log1p(after) - math.log1p(before))
    named = {"price_change_share": cut, "rate_before_share": before, "rate_share": after}
    return pd.Series(named | {"buyers_share": share})


def car_prices(thetas: Thetas) -> pd.DataFrame:
    """Follow a car that Japan sold for 100 before April 2025 through duties and price cuts.

    Returns
    -------
    ``case`` (words), ``seller_receives``, ``duty``, ``buyer_pays``: index, seller's price before
    April 2025 = 100. The cut of the press comes from the claims; that of the model from US markets
    in which sellers' supply rises with the price.
    """
    steps = cars()["rate_pct"]
    highest, now = steps.max() / 100, float(steps.iloc[-1]) / 100
    model = us_market_states(Case(load_scenario("deal_15"), thetas), EXPORT_SUPPLY_ELASTICITY)[1]
    own = 1 - float(model.loc[("MVH", PARTNER), "world_price_ratio"])
    cases = [
        ("until 2 April 2025", 0.0, CARS_MFN_SHARE),
        (f"{100 * highest:g} %, price kept", 0.0, highest),
        (f"{100 * highest:g} %, price cut as in the press", -_car_price_change(), highest),
        (f"{100 * now:g} %, price kept", 0.0, now),
        (f"{100 * now:g} %, price cut as in the model", own, now),
    ]
    frame = pd.DataFrame(cases, columns=["case", "cut_share", "rate_share"])
    frame["seller_receives"] = 100 * (1 - frame["cut_share"])
    frame["duty"] = frame["seller_receives"] * frame["rate_share"]
    frame["buyer_pays"] = frame["seller_receives"] + frame["duty"]
    return frame.drop(columns=["cut_share", "rate_share"])


def rates_by_month(thetas: Thetas) -> pd.DataFrame:
    """Give statutory, post-substitution and collected rates by month.

    A month has the law of its middle.

    Returns
    -------
    Months x `LINES`: statutory on Japan, after substitution (buyers answer with ``thetas`` at once)
    with sellers that cut and that keep their prices, collected on all imports; per cent.
    """
    schedule, goods = japan_schedule(), japan_goods()
    changes = schedule.change_days()
    months = pd.date_range(FIRST_DAY, max(changes), freq="MS")
    law = [max(day for day in changes if day <= month + pd.Timedelta(days=14)) for month in months]
    rates = {}
    for day in sorted(set(law)):
        case = Case(load_scenario(f"{day:%Y-%m-%d}"), thetas)
        rates[day] = [
            effective_rate(schedule, goods, on=day, known_on=None)["total_share"],
            *(_after_substitution(case, supply) for supply in (EXPORT_SUPPLY_ELASTICITY, np.inf)),
        ]
    table = pd.DataFrame([rates[day] for day in law], months.rename("month"), LINES[:3])
    return 100 * table.assign(**{LINES[3]: monthly_rates().reindex(months)})


def _after_substitution(case: Case, supply: float) -> float:
    partner = us_market_states(case, supply)[1].xs(PARTNER, level="supplier")
    duties = (partner["trade_value"] * partner["rate_share"]).sum()
    return float(duties / partner["trade_value"].sum())


def _car_price_change() -> float:
    return float(load_table("deal/claims").at[CAR_PRICE_CLAIM, "quantity"]) / 100
