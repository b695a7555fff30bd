"""What each side gives and gets: cheap money and losses against duties that the deal avoids."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from research.deal.value import Array

#: Ends of what is drawn: 5 to 95 %.
ENDS = (0.05, 0.95)


def quid_pro_quo(
    cost: pd.DataFrame, us_cash: Array, avoided: pd.DataFrame, buyers_share: Sequence[float],
    jobs: Sequence[float], *, years: float, jpy_per_usd: float,
) -> pd.DataFrame:  # fmt: skip
    """Set out both sides of the deal: rows ``counterfactual``, ``side``, ``line``.

    ``avoided`` are duties avoided over ``years``, USD billion, counterfactual x low, central, high,
    negative where the deal raised them; ``us_cash`` the present value of the US share of cash by
    draw; ``buyers_share`` (of a duty, sellers in Japan bear the rest) and ``jobs`` low, central,
    high. Columns ``low``, ``central``, ``high`` (5 to 95 % and means of draws, corners of what is
    assumed; a net figure puts all worst ends together, and all best) in ``unit``, and
    ``jpy_tn_year``, the central one over ``years``. Jobs stand beside the money.
    """
    grant, loss, total = (_of_draws(-cost[name].to_numpy()) for name in ("grant", "loss", "total"))
    rows: dict[tuple[str, ...], Array] = {}
    us, bear = _of_draws(us_cash), np.array(buyers_share)
    for name, duties in avoided[["low", "central", "high"]].T.items():
        buyers, sellers = (_corners(duties.to_numpy(), x) for x in (bear, 1 - bear))
        lines = {
            ("Japan", "duties that its sellers are spared"): sellers,
            ("Japan", "money below its cost"): grant,
            ("Japan", "expected losses"): loss,
            ("Japan", "net"): sellers + total,
            ("United States", "duties forgone"): -duties.to_numpy()[::-1],
            ("United States", "duties that its buyers are spared"): buyers,
            ("United States", "share of project cash"): us,
            ("United States", "net"): us - sellers[::-1],
            ("United States", "jobs in the best year"): np.array(jobs, dtype=float),
        }
        rows |= {(name, *line): ends for line, ends in lines.items()}
    table = pd.DataFrame(rows, index=["low", "central", "high"]).T
    table = table.rename_axis(["counterfactual", "side", "line"]).reset_index()
    money = table["line"] != "jobs in the best year"
    yen = (table["central"] * jpy_per_usd / 1e3 / years).where(money)
    return table.assign(unit=np.where(money, "bn_usd", "jobs"), jpy_tn_year=yen)


def _of_draws(draws: Array) -> Array:
    """Give the low end, the mean and the high end of draws."""
    low, high = np.quantile(draws, ENDS)
    return np.array([low, np.mean(draws), high])


def _corners(duties: Array, share: Array) -> Array:
    """Multiply low, central, high by low, central, high: least, central and most product."""
    ends = np.outer(duties[[0, 2]], share[[0, 2]])
    return np.array([ends.min(), duties[1] * share[1], ends.max()])
