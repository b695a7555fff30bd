"""Indices: Tokyo against the New York sessions before it, and returns of the day itself."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from research.data.sources import MarketData
from research.errors import Fault, InputError
from research.events.alignment import previous_sessions
from research.events.day_zero import day_zero
from research.events.reactions import RETURNS_ARE, split_by_sample
from research.events.study import event_study


def controls(market: MarketData) -> dict[str, bool]:
    """Name the explanations that the figures allow, with ``with_usdjpy`` for each."""
    plain = {"New York": False}
    return plain | {"New York and yen": True} if "USDJPY" in market.factors else plain


def index_reaction(
    market: MarketData,
    events: pd.DataFrame,
    *,
    window: Sequence[int],
    estimation: Sequence[int],
    with_usdjpy: bool = False,
) -> pd.DataFrame:
    """Measure Tokyo's indices against the New York sessions before them.

    Tokyo closes before New York opens: what New York did since Tokyo's last close is the news
    that Tokyo could know anyway. USD/JPY (ECB fixing of the same date) is a control on request;
    part of its move comes after Tokyo's close.

    Returns
    -------
    pandas.DataFrame
        Index (event_id, asset); columns of `EventStudy.car`, ``return`` (the index itself on
        day 0), ``previous_new_york`` (S&P 500 since Tokyo's last close) and the betas.

    Raises
    ------
    InputError
        If ``with_usdjpy`` is asked for and the figures have no USDJPY.
    """
    if with_usdjpy and "USDJPY" not in market.factors:
        todo = "Leave the control out, or bring the rate in."
        raise InputError(
            "The index cannot be explained by the yen.",
            [Fault("factors", "a column USDJPY", ", ".join(market.factors) or "none", todo)],
        )
    tokyo = [name for name in ("N225", "TOPIX") if name in market.returns]
    previous = previous_sessions(market.returns["SP500"], "XNYS", "XTKS")["return"]
    factors = pd.DataFrame({"previous_new_york": previous.reindex(market.returns.index)})
    if with_usdjpy:
        factors["usdjpy"] = market.factors["USDJPY"].reindex(market.returns.index)
    placed = day_zero(events, pd.Series("XTKS", index=tokyo))
    inside, _ = split_by_sample(placed, market.returns)
    study = event_study(
        market.returns[tokyo],
        factors,
        inside,
        returns_are=RETURNS_ARE,
        model="market",
        window=window,
        estimation=estimation,
    )
    out = study.car().join(study.units[["date", "n_estimation"]])
    for number, name in enumerate(factors, start=1):
        out[f"beta_{name}"] = study.units[f"coefficient_{number}"]
    own = (
        market.returns[tokyo]
        .unstack()
        .reindex(pd.MultiIndex.from_frame(out.reset_index()[["asset", "date"]]))
    )
    out["return"] = own.to_numpy()
    out["previous_new_york"] = factors["previous_new_york"].reindex(out["date"]).to_numpy()
    return out
