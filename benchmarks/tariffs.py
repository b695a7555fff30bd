"""Equilibria of tariffs: one sector, many sectors with inputs, and the bundled world table.

Run by `python -m benchmarks`, or alone by `python -m benchmarks.tariffs`.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable

import numpy as np
import pandas as pd
from rich.box import SIMPLE
from rich.console import Console
from rich.table import Table

from research.data import load_table
from research.tariffs.models.equilibrium import solve_equilibrium
from research.tariffs.models.result import Equilibrium
from research.tariffs.worlds import accounts_of_world_io

REPEATS = 5

#: Rate on every border, where there was none.
RATE_SHARE = 0.15

Call = Callable[[], Equilibrium]


def flows(n: int, rng: np.random.Generator) -> pd.DataFrame:
    """Draw trade of n countries of very different size, with domestic sales."""
    names = [f"c{k}" for k in range(n)]
    seller, buyer = rng.gamma(0.5, 1, (2, n)) + 0.05
    home = np.diag(rng.gamma(2, 2, n) * n)
    return pd.DataFrame(np.outer(seller, buyer) * rng.gamma(1, 1, (n, n)) + home, names, names)


def rates(trade: pd.DataFrame) -> pd.DataFrame:
    """Put the rate on everything that crosses a border."""
    abroad = np.not_equal.outer(trade.index.get_level_values(-1), trade.columns)
    return pd.DataFrame(RATE_SHARE * abroad.astype(float), trade.index, trade.columns)


def one_sector(n: int, seed: int = 550) -> Call:
    """Give the call for n countries with one sector."""
    trade = flows(n, np.random.default_rng(seed))
    new = rates(trade)
    return lambda: solve_equilibrium(trade, theta=5.0, old_rate_share=trade * 0, new_rate_share=new)


def many_sectors(n_sectors: int, n: int, seed: int = 550) -> Call:
    """Give the call for n countries and sectors whose inputs leave 30 % for final demand."""
    rng = np.random.default_rng(seed)
    sectors = [f"s{k}" for k in range(n_sectors)]
    trade = pd.concat({name: flows(n, rng) for name in sectors})
    shares = rng.dirichlet(np.full(n_sectors, 0.3), (n, n_sectors)).transpose(0, 2, 1)
    shares *= rng.uniform(0.1, 0.5, (n, 1, n_sectors))
    x = trade.to_numpy().reshape(n_sectors, n, n)
    need = np.einsum("nks,sn->kn", shares, x.sum(axis=2))
    shares *= np.minimum(1, 0.7 * x.sum(axis=1) / need).T[:, :, None]
    rows = pd.MultiIndex.from_product([trade.columns, sectors])
    inputs = pd.DataFrame(shares.reshape(-1, n_sectors), rows, sectors)
    return _call(trade, inputs, pd.Series(rng.uniform(2, 12, n_sectors), sectors))


def world_table() -> Call:
    """Give the call for the bundled table of 12 regions and 17 sectors."""
    accounts = accounts_of_world_io(load_table("tariffs/world_io_2011_musd"))
    trade = accounts.flows_musd
    theta = pd.Series(4.0, trade.index.get_level_values(0).unique())
    return _call(trade, accounts.input_shares, theta)


def _call(trade: pd.DataFrame, inputs: pd.DataFrame, theta: pd.Series) -> Call:
    none, new = trade * 0, rates(trade)
    return lambda: solve_equilibrium(
        trade, input_shares=inputs, theta=theta, old_rate_share=none, new_rate_share=new
    )


def seconds(call: Callable[[], object], repeats: int = REPEATS) -> float:
    """Give the median of a few timed calls after one that warms up, or the time of one call."""
    taken = []
    for _ in range(1 + repeats if repeats > 1 else 1):
        start = time.perf_counter()
        call()
        taken.append(time.perf_counter() - start)
    return statistics.median(taken[1:] or taken)


def main() -> None:
    """Print what each equilibrium took, and its worst condition."""
    console = Console()
    cases = {
        "190 countries, one sector": one_sector(190),
        "31 countries, 40 sectors with inputs": many_sectors(40, 31),
        "12 regions, 17 sectors of the world table": world_table(),
    }
    rows = Table("what", title="Equilibria of tariffs, medians of this run", box=SIMPLE)
    for heading in ("seconds", "iterations", "worst condition off by"):
        rows.add_column(heading, justify="right")
    for name, call in cases.items():
        result = call()
        cells = f"{seconds(call):.3f}", str(len(result.trail)), f"{result.residuals.max():.0e}"
        rows.add_row(name, *cells)
    console.print(rows)


if __name__ == "__main__":
    main()
