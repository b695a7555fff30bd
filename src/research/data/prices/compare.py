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
    ``mean_bp`` (of the difference), ``correlation``, ``only_bundled`` and ``only_other`` (within
    the span of both).
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
        pd.concat([market.returns, market.factors], axis=1, sort=True) * BP
        for market in (bundled, other)
    )
    rows, parts = {}, []
    for name in [*ours.columns, *theirs.columns.difference(ours.columns)]:
        figures = {"bundled_bp": ours.get(name), "other_bp": theirs.get(name)}
        pair = pd.DataFrame(figures, dtype=float)
        pair["difference_bp"] = pair["other_bp"] - pair["bundled_bp"]
        far = pair[pair["difference_bp"].abs() > tolerance_bp]
        rows[name] = _row(pair, len(far))
        parts.append(far.rename_axis("date").reset_index().assign(series_id=name))
    columns = ["series_id", "date", "bundled_bp", "other_bp", "difference_bp"]
    found = pd.concat(parts, ignore_index=True)[columns]
    by_series = pd.DataFrame.from_dict(rows, orient="index").rename_axis("series_id")
    return Comparison(
        found.sort_values("difference_bp", key=abs, ascending=False, kind="stable"),
        by_series.sort_values(["differ", "largest_bp"], ascending=False),
    )


def _row(pair: pd.DataFrame, differ: int) -> dict[str, float]:
    both, known = pair.dropna(), pair[["bundled_bp", "other_bp"]].notna()
    # Dates outside the span that both cover say nothing about either.
    inside = known.cummax().all(axis=1) & known[::-1].cummax()[::-1].all(axis=1)
    ours, theirs = known["bundled_bp"], known["other_bp"]
    enough = len(both) > 2
    return {
        "compared": len(both),
        "differ": differ,
        "largest_bp": both["difference_bp"].abs().max(),
        "mean_bp": both["difference_bp"].mean(),
        "correlation": both["bundled_bp"].corr(both["other_bp"]) if enough else float("nan"),
        "only_bundled": int((ours & ~theirs & inside).sum()),
        "only_other": int((theirs & ~ours & inside).sum()),
    }
