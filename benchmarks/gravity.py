"""One sector beside gegravity: the same change of trade costs, and where both give one answer.

Run by `python -m benchmarks`, or alone by `python -m benchmarks.gravity`. gegravity has trade costs
and no tariff revenue. Its version 0.3 solves for prices with shares of output and spending as
before the change: it gives exact changes where these do not move, or in rounds, run again with new
shares until prices stay.
"""

from __future__ import annotations

from collections.abc import Callable
from copy import deepcopy
from importlib.util import find_spec

import numpy as np
import pandas as pd
from rich.box import SIMPLE
from rich.console import Console
from rich.table import Table

from benchmarks.tariffs import REPEATS, flows, seconds
from research.tariffs.models.equilibrium import solve_equilibrium

COUNTRIES, THETA = 30, 4.0

#: Package of others, which only this benchmark imports.
PEER = "gegravity"

#: Largest change of a price in the last round of gegravity.
SETTLED = 1e-9

MOST_ROUNDS = 50

#: Gives welfare after over before, by country.
Call = Callable[[], pd.Series]


def world(n: int = COUNTRIES, seed: int = 550) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Draw balanced trade of n countries, and trade costs that rise by up to 30 %."""
    rng = np.random.default_rng(seed)
    trade = flows(n, rng)
    rise = rng.uniform(1, 1.3, trade.shape)
    np.fill_diagonal(rise, 1)
    return (trade + trade.T) / 2, pd.DataFrame(rise, *trade.axes)


def circle(n: int = COUNTRIES, seed: int = 550) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Put n equal countries on a circle: trade and new costs go by the distance alone."""
    rng = np.random.default_rng(seed)
    names = [f"c{k}" for k in range(n)]
    steps = abs(np.subtract.outer(range(n), range(n)))
    apart = np.minimum(steps, n - steps)
    trade, rise = rng.gamma(2, 1, n) + 0.05, rng.uniform(1, 1.3, n)
    trade[0], rise[0] = 2.0 * n, 1.0
    return pd.DataFrame(trade[apart], names, names), pd.DataFrame(rise[apart], names, names)


def ours(trade: pd.DataFrame, cost_hat: pd.DataFrame) -> Call:
    """Solve for exact changes, without tariffs."""
    none = trade * 0

    def run() -> pd.Series:
        result = solve_equilibrium(
            trade, theta=THETA, old_rate_share=none, new_rate_share=none, trade_cost_hat=cost_hat
        )
        return result.countries["welfare_hat"]

    return run


def peer(trade: pd.DataFrame, cost_hat: pd.DataFrame) -> Call:
    """Simulate once, as a user of gegravity would; what it is built from is not timed."""
    built = _built(trade, cost_hat)
    return lambda: _welfare(_simulated(built, None)).reindex(trade.index)


def peer_in_rounds(trade: pd.DataFrame, cost_hat: pd.DataFrame) -> Call:
    """Simulate again with the shares of output at the prices found, until prices stay."""
    built, output = _built(trade, cost_hat), trade.sum(axis=1)

    def run() -> pd.Series:
        shares, price = None, pd.Series(1.0, trade.index)
        for _ in range(MOST_ROUNDS):
            model = _simulated(built, shares)
            found = model.factory_gate_prices.iloc[:, 0].reindex(trade.index)
            moved, price = float(abs(found / price - 1).max()), found
            if moved <= SETTLED:
                return _welfare(model).reindex(trade.index)
            shares = output * price / (output * price).sum()
        raise RuntimeError(f"Prices of gegravity still move by {moved:.1e}.")

    return run


def _built(trade: pd.DataFrame, cost_hat: pd.DataFrame) -> object:
    """Give a model of gegravity that reproduces the trade, with the new costs in it."""
    from gegravity import BaselineData, CostCoeffs, OneSectorGE

    output, spending = trade.sum(axis=1), trade.sum(axis=0)
    data = _long(trade, "trade").merge(_long(cost_hat, "rise")).assign(year="0")
    data["output"], data["spending"] = data["exporter"].map(output), data["importer"].map(spending)
    # Cost to the power of one minus sigma that explains a flow with all resistances at one.
    data["cost"] = np.log(data["trade"] * output.sum() / data["output"] / data["spending"])
    names = {"imp_var_name": "importer", "exp_var_name": "exporter", "year_var_name": "year"}
    names |= {"trade_var_name": "trade", "expend_var_name": "spending", "output_var_name": "output"}
    one = pd.DataFrame({"name": ["cost"], "coefficient": [1.0]})
    model = OneSectorGE(
        BaselineData(data, **names),
        year="0",
        reference_importer=trade.index[0],
        sigma=1 + THETA,
        cost_variables=["cost"],
        cost_coeff_values=CostCoeffs(one, identifier_col="name", coeff_col="coefficient"),
        quiet=True,
    )
    model.build_baseline()
    model.define_experiment(data.assign(cost=data["cost"] - THETA * np.log(data["rise"])))
    return model


def _long(table: pd.DataFrame, name: str) -> pd.DataFrame:
    rows = table.rename_axis("exporter").melt(
        var_name="importer", value_name=name, ignore_index=False
    )
    return rows.reset_index()


def _simulated(built: object, shares: pd.Series | None) -> object:
    """Simulate a copy, as simulation uses a model up; with shares of output other than its own."""
    model = deepcopy(built)
    for country in model.country_set.values() if shares is not None else ():
        # The country whose price index is one has a prefix before its name.
        share = shares[country.identifier.removeprefix("ZZZ_")]
        country.baseline_output_share = country.baseline_expenditure_share = share
    model.simulate()
    return model


def _welfare(model: object) -> pd.Series:
    """Give real spending after over before: gegravity prints the inverse."""
    return 1 / model.country_results["welfare statistic"].astype(float)


def difference(one: Call, other: Call) -> float:
    """Give the largest difference of welfare."""
    return float(abs(one() - other()).max())


def main() -> None:
    """Print what one counterfactual took, and how far gegravity is from exact changes."""
    console = Console()
    if not find_spec(PEER):
        console.print(f"Left out: {PEER} (.venv/bin/pip install {PEER}).")
        return
    # Rounds take so long that they are timed once.
    cases = {
        "exact changes": (ours, REPEATS),
        f"{PEER}, once": (peer, REPEATS),
        f"{PEER}, in rounds": (peer_in_rounds, 1),
    }
    title = f"{COUNTRIES} countries, one sector, new trade costs; medians of this run"
    rows = Table("what", title=title, box=SIMPLE)
    for heading in ("seconds", "times ours", "off by", "off by, circle"):
        rows.add_column(heading, justify="right")
    drawn, ring = world(), circle()
    baseline = None
    for name, (case, repeats) in cases.items():
        taken = seconds(case(*drawn), repeats)
        baseline = baseline or taken
        gaps = (difference(case(*each), ours(*each)) for each in (drawn, ring))
        cells = f"{taken:.3f}", f"{taken / baseline:.0f}", *(f"{gap:.0e}" for gap in gaps)
        rows.add_row(name, *cells)
    console.print(rows)
    console.print(
        "off by: largest difference of welfare, which falls by up to "
        f"{1 - ours(*drawn)().min():.2f} and on the circle by {1 - ours(*ring)().min():.2f}. "
        "In rounds: simulated again until prices stay, timed once."
    )


if __name__ == "__main__":
    main()
