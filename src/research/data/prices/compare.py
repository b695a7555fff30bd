"""Where the returns of two sources differ, by series and date, in basis points."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from research.data.market import BP, MarketData
from research.errors import Fault, InputError


@dataclass(frozen=True, eq=False, slots=True)
class Comparison:
    """Two sets of returns, held against each other where both have a figure.

    Attributes
    ----------
    differences
        Returns further apart than the tolerance, the largest first: ``series_id``, ``date``,
        ``bundled_bp``, ``other_bp``, ``difference_bp`` (other less bundled).
    by_series
        One row per series or factor of either source: ``compared`` (dates with both figures),
        ``differ``, ``largest_bp``, ``mean_bp`` (of the difference), ``correlation``,
        ``only_bundled`` and ``only_other`` (dates with one figure, within the span of both).
    tolerance_bp
        What was taken for equal.
    """

    differences: pd.DataFrame
    by_series: pd.DataFrame
    tolerance_bp: float

    def summary(self) -> pd.DataFrame:
        """Give the table by series, those with most differing dates first."""
        return self.by_series.sort_values(["differ", "largest_bp"], ascending=False)


def compare(bundled: MarketData, other: MarketData, *, tolerance_bp: float) -> Comparison:
    """Compare the returns and factors of two sources label by label.

    Parameters
    ----------
    bundled, other
        From `research.data.load_market`.
    tolerance_bp
        Largest difference that counts as none. Bundled returns are rounded to 0.1 basis
        points, so below 0.05 every return differs.

    Raises
    ------
    InputError
        If the tolerance is not a number from 0 upward.
    """
    if not 0 <= tolerance_bp < float("inf"):
        fault = Fault("tolerance", "basis points, 0 or more", repr(tolerance_bp))
        raise InputError("The two sources cannot be compared.", [fault])
    ours, theirs = _all_bp(bundled), _all_bp(other)
    names = [*ours.columns, *theirs.columns.difference(ours.columns)]
    pairs = {
        name: pd.DataFrame({"bundled_bp": ours.get(name), "other_bp": theirs.get(name)}).astype(
            float
        )
        for name in names
    }
    rows = {name: _series_row(pair, tolerance_bp) for name, pair in pairs.items()}
    by_series = pd.DataFrame.from_dict(rows, orient="index").rename_axis("series_id")
    return Comparison(_differences(pairs, tolerance_bp), by_series, tolerance_bp)


def _all_bp(market: MarketData) -> pd.DataFrame:
    return pd.concat([market.returns, market.factors], axis=1, sort=True) * BP


def _apart(pair: pd.DataFrame) -> pd.Series:
    return (pair["other_bp"] - pair["bundled_bp"]).dropna()


def _differences(pairs: dict[str, pd.DataFrame], tolerance_bp: float) -> pd.DataFrame:
    parts = []
    for name, pair in pairs.items():
        apart = _apart(pair)
        far = apart[apart.abs() > tolerance_bp]
        part = pair.loc[far.index].assign(difference_bp=far).rename_axis("date").reset_index()
        part["series_id"] = name
        parts.append(part)
    columns = ["series_id", "date", "bundled_bp", "other_bp", "difference_bp"]
    found = pd.concat(parts, ignore_index=True)[columns]
    order = found["difference_bp"].abs().sort_values(ascending=False, kind="stable").index
    return found.loc[order].reset_index(drop=True)


def _series_row(pair: pd.DataFrame, tolerance_bp: float) -> dict[str, float]:
    apart = _apart(pair)
    both = pair.dropna()
    # Dates outside the span that both cover say nothing about either.
    starts = [pair[side].first_valid_index() for side in pair]
    ends = [pair[side].last_valid_index() for side in pair]
    covered = None not in starts
    inside = pair.loc[max(starts) : min(ends)] if covered else pair.iloc[:0]
    enough = len(both) > 2
    return {
        "compared": len(both),
        "differ": int((apart.abs() > tolerance_bp).sum()),
        "largest_bp": float(apart.abs().max()) if len(apart) else float("nan"),
        "mean_bp": float(apart.mean()) if len(apart) else float("nan"),
        "correlation": float(both.corr().iloc[0, 1]) if enough else float("nan"),
        "only_bundled": int((inside["bundled_bp"].notna() & inside["other_bp"].isna()).sum()),
        "only_other": int((inside["other_bp"].notna() & inside["bundled_bp"].isna()).sum()),
    }
