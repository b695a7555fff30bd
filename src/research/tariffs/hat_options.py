"""What the equilibria may leave of their standard case: labour, revenue, margins, deficits."""

from __future__ import annotations

from numbers import Real
from typing import Literal, TypeAlias, TypedDict, TypeGuard, get_args

import numpy as np
import pandas as pd

from research.errors import Fault
from research.labels import cell_faults, frame_faults
from research.values import brief

#: Who gets the revenue: households as they are, or wage earners through a lower income tax.
RevenueUse: TypeAlias = Literal["lump_sum", "income_tax"]

#: One for all pairs, or one for each, labelled as the flows.
PassThrough: TypeAlias = float | pd.DataFrame


class Options(TypedDict, total=False):
    """Keyword options that both solvers take, and that games of tariffs hand on to them."""

    trade_cost_hat: pd.DataFrame | None
    labour_supply_elasticity: float
    revenue_use: RevenueUse
    firm_pass_through: PassThrough
    deficit_left_share: float


def option_faults(
    labour_supply_elasticity: object,
    revenue_use: object,
    firm_pass_through: object,
    deficit_left_share: object,
) -> list[Fault]:
    """List options outside their range; a frame of pass-through needs `pass_through_faults`."""
    psi, left = labour_supply_elasticity, deficit_left_share
    phi = 1.0 if isinstance(firm_pass_through, pd.DataFrame) else firm_pass_through
    uses = ", ".join(get_args(RevenueUse))
    return [
        Fault(where, asked, brief(value))
        for where, asked, value, good in (
            ("labour_supply_elasticity", "a finite number of zero or more", psi, _within(psi)),
            ("revenue_use", f"one of {uses}", revenue_use, revenue_use in get_args(RevenueUse)),
            ("firm_pass_through", "a share above 0, at most 1", phi, _within(phi, 1) and phi),
            ("deficit_left_share", "a share from 0 to 1", left, _within(left, 1)),
        )
        if not good
    ]


def pass_through_faults(values: object, flows_musd: pd.DataFrame) -> list[Fault]:
    """List why a frame of pass-through is not shares above zero, labelled as the flows."""
    where = "firm_pass_through"
    if not isinstance(values, pd.DataFrame):
        return []
    return frame_faults(values, where, *flows_musd.axes) or cell_faults(
        values, (values <= 0) | (values > 1), where, "shares above 0, at most 1"
    )


def is_number(value: object) -> TypeGuard[float]:
    """Tell a finite number from text, a truth value and what no float can hold."""
    if isinstance(value, bool) or not isinstance(value, Real):
        return False
    try:
        return bool(np.isfinite(float(value)))
    except OverflowError:
        return False


def _within(value: object, most: float = np.inf) -> bool:
    return is_number(value) and 0 <= value <= most
