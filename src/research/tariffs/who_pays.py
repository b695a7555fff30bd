"""Who pays: pass-through of the tariffs since 2025 into US prices, studies, the price of cars."""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import product
from typing import Any

import numpy as np
import pandas as pd

from research.data import load_table
from research.shared import shared
from research.tariffs.elasticities import Thetas
from research.tariffs.law import FIRST_DAY, japan_schedule
from research.tariffs.models.registry import (
    EXPORT_SUPPLY_ELASTICITY,
    Case,
    us_market_states,
    us_trade_musd,
)
from research.tariffs.pass_through import Design, distributed_lags, estimate, local_projections
from research.tariffs.rates import CARS_MFN_SHARE, cars, effective_rate, japan_goods
from research.tariffs.scenario import load_scenario
from research.tariffs.scenario_rates import us_rates
from research.tariffs.worlds import PARTNER

#: Duties of the month after belong to a month's imports; months after the change at which
#: pass-through is read; fewest degrees of freedom of an estimate that may be quoted.
DUTY_LAG_MONTHS, HORIZON_MONTHS, FEWEST_DF = 1, 3, 5

#: Words for the methods.
METHODS: dict[str, Design] = {
    "distributed lags": distributed_lags,
    "local projections": local_projections,
}

#: Words for the months that are used -> the first of them.
SAMPLES: dict[str, str | None] = {"all months": None, "from January 2025": "2025-01"}

#: Last day of the month in which the export price of cars is known.
CAR_PRICE_DAY = "2025-06-30"

#: Rates by month, set side by side.
LINES = (
    "statutory on Japan",
    "after substitution, prices cut",
    "after substitution, prices kept",
    "collected on all imports",
)

_MONTHS = "tariffs/us_monthly_duties_and_prices"
_COLUMNS = {
    **{"pass_through": "estimate_share", "se": "standard_error_share", "n": "months_used"},
    **{"low": "low_share", "high": "high_share", "df": "residual_df"},
}


@dataclass(frozen=True, eq=False, slots=True)
class Price:
    """A price whose pass-through is asked for, with what else moves it, by (months,) index.

    ``before_duty`` says whether it excludes the duty: then 1 is a price that sellers did not cut,
    and 0 one that they cut by all of it; else home goods and margins are in the price.
    """

    name: str
    index: pd.Series
    before_duty: bool
    control_name: str
    control: pd.Series


def monthly_rates(duty_lag_months: int = DUTY_LAG_MONTHS) -> pd.Series:
    """Give the duties received ``duty_lag_months`` later over the imports of each month, a share.

    Duties come in some weeks after the goods, so that the choice moves the rate in months in which
    tariffs change. NaN where one of both is missing.
    """
    months = load_table(_MONTHS)
    duties = months["customs_duties_musd"].shift(-duty_lag_months)
    return (duties / months["imports_value_musd"]).rename("rate_share")


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


@shared
def estimates(rate_share: pd.Series) -> pd.DataFrame:
    """Estimate the pass-through of each price by each method and sample after `HORIZON_MONTHS`.

    One row per ``price``, ``sample``, ``method`` and ``control`` (samples of all months have one):
    ``estimate_share``, ``standard_error_share``, ``low_share``,
    ``high_share`` (95 %), ``months_used``, ``residual_df``, ``first_month``, ``last_month``,
    ``months_missing``, ``quotable`` (whether there are `FEWEST_DF`).
    """
    rows = []
    for price, (sample, first) in product(bundled_prices(), SAMPLES.items()):
        controls: dict[str, pd.DataFrame | None] = {"none": None}
        if first is None:
            change = np.log(price.control).diff()
            controls[price.control_name] = change.to_frame(price.control_name)
        for (method, design), (control, x) in product(METHODS.items(), controls.items()):
            found = _estimate(price, rate_share, design, controls=x, first=first)
            row = {"price": price.name, "sample": sample, "method": method, "control": control}
            row |= found.loc[HORIZON_MONTHS].rename(_COLUMNS)
            row |= {"first_month": found["first"].min(), "last_month": found["last"].max()}
            rows.append(row | {"months_missing": found.at[HORIZON_MONTHS, "missing"]})
    table = pd.DataFrame(rows).drop(columns=["response", "first", "last", "missing"])
    table = table.astype({"months_used": int, "residual_df": int})
    return table.assign(quotable=table["residual_df"] >= FEWEST_DF)


def _estimate(price: Price, rate: pd.Series, design: Design, **more: Any) -> pd.DataFrame:
    given: dict[str, Any] = {"before_duty": price.before_duty, "horizon_months": HORIZON_MONTHS}
    return estimate(design, price.index, rate, **given, **more)


@shared
def paths() -> pd.DataFrame:
    """Give pass-through in per cent by month after the change, of all months."""
    frames, rate = [], monthly_rates()
    for price in bundled_prices():
        for method, design in METHODS.items():
            table = _estimate(price, rate, design)
            pct = 100 * table[["pass_through", "low", "high"]]
            pct.columns = ["share_pct", "low_pct", "high_pct"]
            frame = {"price": price.name, "method": method, "months": table.index, **pct}
            frames.append(pd.DataFrame(frame | {"months_used": table["n"].astype(int)}))
    return pd.concat(frames, ignore_index=True)


def literature_ranges() -> pd.DataFrame:
    """Give the range that studies span, by stage, definition and episode.

    Shares of different definitions are never put in one range. ``low_share`` and ``high_share`` are
    the lowest and highest figure, ``findings`` and ``seen`` count all and those whose source was
    read.
    """
    table = load_table("tariffs/pass_through_literature")
    figures = table[["low", "central", "high"]]
    seen = table["evidence"] == "seen"
    table = table.assign(low=figures.min(axis=1), high=figures.max(axis=1), seen=seen)
    by = table.groupby(["stage", "definition", "episode_group"], sort=False)
    ranges = by.agg({"low": "min", "high": "max", "study": "count", "seen": "sum"})
    ranges.columns = ["low_share", "high_share", "findings", "seen"]
    return ranges.reset_index().rename(columns={"episode_group": "episode"})


def car_buyers_share() -> pd.Series:
    r"""Give the share of the car duty that buyers paid, by the Bank of Japan's export price.

    .. math:: 1 + \ln(p' / p) \,/\, \ln\frac{1 + \tau'}{1 + \tau}

    The index is of cars for North America, many of them sold to a maker's own US firm; such a price
    says what customs value the duty is taken of, not what a dealer pays. Beside it stand the
    change of the price and both rates.
    """
    cut = _car_price_change()
    steps = cars().set_index("from_day")["rate_pct"] / 100
    before, after = (float(steps[:day].iloc[-1]) for day in (FIRST_DAY, CAR_PRICE_DAY))
    share = 1 + math.log1p(cut) / (math.log1p(after) - math.log1p(before))
    named = {"price_change_share": cut, "rate_before_share": before, "rate_share": after}
    return pd.Series(named | {"buyers_share": share})


def car_prices(thetas: Thetas, others_share: float = 0.0) -> pd.DataFrame:
    """Follow a car that Japan sold for 100 before April 2025 through duties and price cuts.

    The cut of the press is in `tariffs/observed`; the model's is that of US markets in which
    sellers' supply rises with the price and others pay ``others_share``. Index of what seller,
    customs and buyer receive or pay.
    """
    steps = cars()["rate_pct"]
    highest, now = steps.max() / 100, float(steps.iloc[-1]) / 100
    deal = load_scenario("deal_15").model_copy(update={"on_others_share": others_share})
    model = us_market_states(Case(deal, thetas), EXPORT_SUPPLY_ELASTICITY)[1]
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


@shared
def rates_by_month(thetas: Thetas) -> pd.DataFrame:
    """Give the rates of `LINES` by month, per cent; a month has the law of its middle.

    After substitution buyers answer with ``thetas`` at once, and sellers cut or keep their prices;
    all others pay what is collected in the month, or was in the last one known.
    """
    states, rows = states_by_month(), []
    for state in states:
        day = state.rates[0].law_of
        law = effective_rate(japan_schedule(), japan_goods(), on=pd.Timestamp(day), known_on=None)
        rate, supplies = us_rates(state).loc[PARTNER], (EXPORT_SUPPLY_ELASTICITY, np.inf)
        sold = (us_trade_musd(Case(state, thetas), one).loc[PARTNER] for one in supplies)
        rows.append([law["total_share"], *(float(one @ rate / one.sum()) for one in sold)])
    table = pd.DataFrame(rows, states.index, LINES[:3])
    return 100 * table.assign(**{LINES[3]: monthly_rates().reindex(states.index)})


def states_by_month() -> pd.Series:
    """Give the state of each month: the law of its middle on Japan, what is collected on others.

    Months after the last one known have the rate collected in it.
    """
    changes = japan_schedule().change_days()
    months = pd.date_range(FIRST_DAY, max(changes), freq="MS", name="month")
    collected = monthly_rates().reindex(months).ffill()
    law = [max(day for day in changes if day <= month + pd.Timedelta(days=14)) for month in months]
    states = [
        load_scenario(f"{day:%Y-%m-%d}").model_copy(update={"on_others_share": share})
        for day, share in zip(law, collected, strict=True)
    ]
    return pd.Series(states, months)


def _car_price_change() -> float:
    return float(load_table("tariffs/observed").at["japan_car_export_price", "value"]) / 100
