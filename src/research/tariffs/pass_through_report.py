"""Who pays: the pass-through of the tariffs since 2025 into US prices, as frames.

Every function takes the bundled prices and the collected rate, or a user's own.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from research.data import load_table
from research.tariffs.pass_through import (
    PassThrough,
    collected_rate_share,
    distributed_lags,
    local_projections,
)

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

#: Words for the months that are used -> the first of them.
SAMPLES: dict[str, str | None] = {"all months": None, "from January 2025": "2025-01"}

#: Without a control.
NO_CONTROL = "none"


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
        Whether the price excludes the duty: then 1 is a price that sellers did not cut.
    control_name, control
        What else moves the price, in words, and its (months,) index; ``None`` for nothing.
    """

    name: str
    index: pd.Series
    before_duty: bool
    control_name: str = NO_CONTROL
    control: pd.Series | None = None

    def reading(self) -> str:
        """Say what 0 and 1 mean."""
        if self.before_duty:
            return "1: sellers keep their prices, buyers bear all; 0: sellers bear all"
        return "% of price for 1 % of one plus the tariff; home goods and margins are in the price"

    def controls(self) -> pd.DataFrame | None:
        """Give the change of the control's log as a regressor."""
        if self.control is None:
            return None
        return np.log(self.control).diff().to_frame(self.control_name)


def monthly_rates(duty_lag_months: int = DUTY_LAG_MONTHS) -> pd.Series:
    """Give the rate collected on all imports by month.

    Parameters
    ----------
    duty_lag_months
        As in `research.tariffs.pass_through.collected_rate_share`.

    Returns
    -------
    (months,): customs duties over imports, share; named ``rate_share``, NaN where not known.
    """
    months = load_table("tariffs/us_monthly_duties_and_prices")
    return collected_rate_share(
        months["customs_duties_musd"],
        months["imports_value_musd"],
        duty_lag_months=duty_lag_months,
    )


def collected_frame() -> pd.DataFrame:
    """Give both ways to date duties, for `research.plots.tariffs.plot_collected`.

    Returns
    -------
    Months x ``duties of the month after``, ``duties of the same month``; per cent of imports.
    """
    names = {"duties of the month after": 1, "duties of the same month": 0}
    return pd.DataFrame({name: 100 * monthly_rates(lag) for name, lag in names.items()})


def bundled_prices() -> tuple[Price, ...]:
    """Give import prices before duty and consumer prices of goods, each with one control."""
    months = load_table("tariffs/us_monthly_duties_and_prices")
    fuels = ("import prices of fuels", months["import_price_fuels_index"])
    services = ("consumer prices of services", months["cpi_services_less_energy_index"])
    return (
        Price(
            "Import prices with the duty (no petroleum)",
            months["import_price_nonpetroleum_index"],
            True,
            *fuels,
        ),
        Price(
            "Consumer prices of goods without food and energy",
            months["cpi_core_goods_index"],
            False,
            *services,
        ),
        Price("Consumer prices of durables", months["cpi_durables_index"], False, *services),
    )


def estimate_frame(
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
    ``months_missing``, ``quotable`` (whether there are `FEWEST_DF`), ``reading``.

    Raises
    ------
    InputError
        As in `research.tariffs.pass_through.distributed_lags`.
    """
    prices, rate = _given(prices, rate_share)
    rows = []
    for price in prices:
        for sample, first in samples.items():
            controls = [(NO_CONTROL, None)]
            if first is None and price.control is not None:
                controls.append((price.control_name, price.controls()))
            for method, estimate in METHODS.items():
                for control, regressors in controls:
                    found = estimate(
                        price.index,
                        rate,
                        horizon_months=horizon_months,
                        before_duty=price.before_duty,
                        controls=regressors,
                        first=first,
                    )
                    key = {"price": price.name, "sample": sample, "method": method}
                    row = key | {"control": control} | _row(found, horizon_months)
                    rows.append(row | {"reading": price.reading()})
    return pd.DataFrame(rows)


def path_frame(
    prices: Sequence[Price] | None = None,
    rate_share: pd.Series | None = None,
    *,
    horizon_months: int = HORIZON_MONTHS,
    first: str | None = None,
) -> pd.DataFrame:
    """Give pass-through by month after the change, for `plot_pass_through`.

    Parameters
    ----------
    prices, rate_share, horizon_months
        As in `estimate_frame`.
    first
        First month of the price changes; by default all there are.

    Returns
    -------
    ``price``, ``method``, ``months``, ``share_pct``, ``low_pct``, ``high_pct``, ``months_used``.

    Raises
    ------
    InputError
        As in `research.tariffs.pass_through.distributed_lags`.
    """
    prices, rate = _given(prices, rate_share)
    frames = []
    for price in prices:
        for method, estimate in METHODS.items():
            table = estimate(
                price.index,
                rate,
                horizon_months=horizon_months,
                before_duty=price.before_duty,
                first=first,
            ).table
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
) -> tuple[Sequence[Price], pd.Series]:
    return (
        bundled_prices() if prices is None else prices,
        monthly_rates() if rate_share is None else rate_share,
    )


def _row(found: PassThrough, horizon: int) -> dict[str, object]:
    at = found.table.loc[horizon]
    missing = [month for h, month in found.dropped.index if h == horizon]
    return {
        "months_after": horizon,
        "estimate_share": at["pass_through"],
        "standard_error_share": at["se"],
        "low_share": at["low"],
        "high_share": at["high"],
        "months_used": int(at["n"]),
        "residual_df": int(at["df"]),
        "first_month": found.first,
        "last_month": found.last,
        "months_missing": len(missing),
        "quotable": bool(at["df"] >= FEWEST_DF),
    }
