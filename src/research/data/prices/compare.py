"""Where the returns of two sources differ, by series and date, in basis points."""

from typing import NamedTuple

import pandas as pd

from research.data.market import BP, MarketData
from research.errors import Fault, InputError


class Comparison(NamedTuple):
    """Two sets of returns, held against each other where both have a figure.

    ``differences``: returns further apart than the tolerance, the largest first (``difference_bp``
    is other less bundled). ``by_series``: one row per series or factor of either source, those with
    most differing dates first: ``compared`` (dates with both figures), ``differ``, ``largest_bp``,
    ``mean_bp`` (of the difference), ``correlation``.
    """

    differences: pd.DataFrame
    by_series: pd.DataFrame


def compare(bundled: MarketData, other: MarketData, *, tolerance_bp: float) -> Comparison:
    """Compare the returns and factors of two sources label by label.

    Bundled returns are rounded to 0.1 basis points, so below a tolerance of 0.05 every one differs.
    """
    if not 0 <= tolerance_bp < float("inf"):
        fault = Fault("tolerance", "basis points, 0 or more", repr(tolerance_bp))
        raise InputError("The two sources cannot be compared.", [fault])
    ours, theirs = (
        pd.concat([market.returns, market.factors], axis=1, sort=True).mul(BP)
        for market in (bundled, other)
    )
    ours, theirs = ours.align(theirs)
    gap = theirs - ours
    far = gap.abs() > tolerance_bp
    tables = {"bundled_bp": ours, "other_bp": theirs, "difference_bp": gap}
    rows = pd.concat({name: one[far].unstack() for name, one in tables.items()}, axis=1).dropna()
    by_series = pd.DataFrame(
        {
            "compared": gap.count(),
            "differ": far.sum(),
            "largest_bp": gap.abs().max(),
            "mean_bp": gap.mean(),
            "correlation": ours.corrwith(theirs),
        }
    )
    return Comparison(
        rows.rename_axis(["series_id", "date"])
        .reset_index()
        .sort_values("difference_bp", key=abs, ascending=False, kind="stable"),
        by_series.rename_axis("series_id").sort_values(["differ", "largest_bp"], ascending=False),
    )
