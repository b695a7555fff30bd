"""Terms of the memorandum: figures from ``deal/dated_terms``, and a choice where readers differ."""

from __future__ import annotations

from typing import Annotated, Any, Literal

import pandas as pd
from pydantic import Field

from research.data import load_table
from research.values import Parameters

#: Options of each switch in the words of ``deal/dated_terms``, where their meaning stands.
Reading = Literal["A", "B"]
Compounding = Literal["simple", "annual"]
PaymentOrder = Literal["interest first", "principal first"]
CrossingYear = Literal["split", "whole"]
LossRule = Literal["as cash", "Japan first"]
ClawBack = Literal["none", "until filled"]
Pooling = Literal["project", "pooled"]

Percent = Annotated[float, Field(ge=0, le=100)]
Share = Annotated[float, Field(ge=0, le=1)]


def dated_value(term: str, option: str) -> float:
    """Give the figure of a term of ``deal/dated_terms``, such as the pledge in USD billion."""
    return float(load_table("deal/dated_terms").at[(term, option), "value"])


def _share(phase: str, side: str) -> Any:
    return Field(default_factory=lambda: dated_value(f"{phase}_share", side))


class Terms(Parameters):
    """What decides how cash is shared; a term that readers dispute has no default.

    Rates are per cent a year; ``funding_cost_pct`` is added to the principal (0: it is outside).
    Shares are fractions of cash, from ``deal/dated_terms`` unless given.
    """

    reading: Reading
    compounding: Compounding
    payment_order: PaymentOrder
    crossing_year: CrossingYear
    loss_rule: LossRule
    claw_back: ClawBack
    pooling: Pooling
    deemed_rate_pct: Percent
    funding_cost_pct: Percent
    # Under reading A phase one lasts until Japan's own share is enough: without one it never ends.
    phase_one_japan_share: Annotated[float, Field(gt=0, le=1)] = _share("phase_one", "Japan")
    phase_one_us_share: Share = _share("phase_one", "United States")
    phase_two_japan_share: Share = _share("phase_two", "Japan")
    phase_two_us_share: Share = _share("phase_two", "United States")


def switches() -> pd.DataFrame:
    """List the terms that readers dispute: rows (term, option), with meaning, read_by, source."""
    terms = load_table("deal/dated_terms")
    disputed = terms["value"].isna() & terms["day"].isna()
    return terms.loc[disputed, ["meaning", "read_by", "source", "dated"]]
