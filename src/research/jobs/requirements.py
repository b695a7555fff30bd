"""Requirements: what must be produced for a dollar of output and of final demand.

Industry technology, as the Bureau of Economic Analysis derives its total requirements (Horowitz and
Planting, *Concepts and Methods of the U.S. Input-Output Accounts*, chapter 12): an industry uses
the same inputs whatever it makes, and a commodity is made by industries in fixed market shares.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from research.errors import Fault, InputError
from research.jobs.io_table import IOTable, uses_of


@dataclass(frozen=True, eq=False, slots=True)
class Requirements:
    """Direct and total requirements, dollars per dollar.

    Attributes
    ----------
    direct
        B, commodity x industry: inputs per dollar of industry output.
    market_shares
        W, industry x commodity: industry output per dollar of commodity output, scrap included.
    industry_by_industry
        ``(I - W B)^-1``: industry output per dollar of demand for output of an industry.
    industry_by_commodity
        ``W (I - B W)^-1``: industry output per dollar of final demand for a commodity.
    commodity_by_commodity
        ``(I - B W)^-1``: commodity output per dollar of final demand for a commodity.
    domestic
        Whether imported inputs are left out.
    """

    direct: pd.DataFrame
    market_shares: pd.DataFrame
    industry_by_industry: pd.DataFrame
    industry_by_commodity: pd.DataFrame
    commodity_by_commodity: pd.DataFrame
    domestic: bool

    @property
    def industry_direct(self) -> pd.DataFrame:
        """A = W B, industry x industry: what one industry takes from another per dollar."""
        return self.market_shares @ self.direct


def requirements(table: IOTable, *, domestic: bool) -> Requirements:
    """Compute direct and total requirements.

    With U the uses (without imports if ``domestic``), V the Make table, g and q the output of
    industries and commodities, h the scrap that an industry makes and p = h / g:

    ``B = U g^-1``, ``D = V q^-1`` (scrap columns zero), ``W = (I - p)^-1 D``.

    Scrap commodities have no market shares: demand for them makes nobody produce, and an industry
    that makes scrap must make more to deliver a dollar of what it is asked for.

    Raises
    ------
    InputError
        If ``domestic`` and the table has no import matrix, or if producing a dollar takes inputs
        worth a dollar or more, so that total requirements are not finite.
    """
    B = uses_of(table, domestic=domestic) / table.industry_output
    W = market_shares(table).div(1 - scrap_ratio(table), axis=0)
    b, w = B.to_numpy(), W.to_numpy()
    inputs = b @ w
    _check_productive(inputs)
    c = np.linalg.inv(np.eye(len(inputs)) - inputs)
    wc = w @ c
    # (I - W B)^-1 without a second inversion.
    total = np.eye(len(w)) + wc @ b
    industries, commodities = table.industries, table.commodities
    return Requirements(
        direct=B,
        market_shares=W,
        industry_by_industry=pd.DataFrame(total, industries, industries),
        industry_by_commodity=pd.DataFrame(wc, industries, commodities),
        commodity_by_commodity=pd.DataFrame(c, commodities, commodities),
        domestic=domestic,
    )


def market_shares(table: IOTable) -> pd.DataFrame:
    """Compute D: which share of each commodity each industry makes; columns of scrap are zero."""
    output = table.commodity_output
    shares = table.make / output.where(~output.index.isin(table.scrap))
    shares[list(table.scrap)] = 0.0
    return shares


def scrap_ratio(table: IOTable) -> pd.Series:
    """Compute p: which share of each industry's output is scrap."""
    return table.make[list(table.scrap)].sum(axis=1) / table.industry_output


def _check_productive(inputs: np.ndarray) -> None:
    # The largest column sum bounds the spectral radius from above and costs next to nothing.
    if np.abs(inputs).sum(axis=0).max() < 1:
        return
    radius = float(np.abs(np.linalg.eigvals(inputs)).max())
    if not radius < 1:
        fault = Fault(
            "use",
            "inputs below output: a spectral radius of direct requirements below 1",
            f"{radius:.6g}",
            "Look for industries whose inputs exceed their output.",
        )
        raise InputError("Total requirements are not finite.", [fault])
