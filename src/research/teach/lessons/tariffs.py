"""Tariffs among three countries: exact changes line by line, then the deal's 15 % on Japan."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from scipy import optimize

from research.tariffs.elasticities import MIXTURE, load_thetas
from research.tariffs.models.equilibrium import solve_equilibrium
from research.tariffs.models.result import Equilibrium
from research.tariffs.models.solver import Array
from research.tariffs.scenario import load_scenario
from research.tariffs.scenario_rates import us_rates
from research.tariffs.worlds import us_markets
from research.teach.check import Checker, Question

#: A line of the model: what it takes, and what it gives by country.
Line = Callable[..., Any]

#: Elasticity and rate of the note that has an error in it.
NOTE = (6.0, 0.30)


@dataclass(frozen=True, eq=False, slots=True)
class World:
    """Trade ``flows`` before duty, seller x buyer; rates as shares, ``old`` and ``new``."""

    flows: Array
    old: Array
    new: Array

    @property
    def shares(self) -> Array:
        """Give the part of each buyer's spending, duty inside, that goes to each seller."""
        paid = (1 + self.old) * self.flows
        return np.asarray(paid / paid.sum(axis=0))

    def solved(self, theta: float) -> Equilibrium:
        """Solve with the package for the world under the new rates."""
        axes = [pd.Index(["Home", "Partner", "Rest"], name=x) for x in ("exporter", "importer")]
        flows, old, new = (pd.DataFrame(x, *axes) for x in (self.flows, self.old, self.new))
        return solve_equilibrium(flows, theta=theta, old_rate_share=old, new_rate_share=new)


def desk(rate: float = 0.25) -> World:
    """Give the made-up world: Home, so far without duties, puts one on Partner."""
    flows = np.array([[800.0, 60, 140], [80, 430, 110], [120, 100, 1900]])
    old = np.array([[0, 0.10, 0.05], [0, 0, 0.05], [0, 0.10, 0]])
    return World(flows, old, old + rate * np.outer([0, 1, 0], [1, 0, 0]))


def simulated(seed: int) -> World:
    """Draw a world of three countries with old and new rates on all that crosses a border."""
    rng, away = np.random.default_rng(seed), 1 - np.eye(3)
    flows = rng.uniform(20, 150, (3, 3)) + np.diag(rng.uniform(200, 900, 3))
    return World(flows, rng.uniform(0, 0.1, (3, 3)) * away, rng.uniform(0, 0.5, (3, 3)) * away)


def gain(theta: float, rate: float = 0.25, of: str = "welfare_hat - 1") -> float:
    """Give the change of Home's real income in the made-up world, per cent, or another's."""
    return float(_pct(of)(desk(rate), theta)[0])


def given(name: str, seed: int) -> tuple[Any, ...]:
    """Give what the function of a question takes, in a simulated world."""
    world, rng = simulated(seed), np.random.default_rng(seed + 1)
    theta, wage = float(rng.uniform(2, 6)), rng.uniform(0.8, 1.2, 3)
    earned, bought = world.flows.sum(axis=1), world.flows.sum(axis=0)
    return {
        "q2": (world.shares, wage, (1 + world.new) / (1 + world.old), theta),
        "q3": (world.shares, world.new, wage * earned, bought - earned),
        "q4": (world.shares, world.new, wage * bought),
        "q5": (world, theta),
    }[name]


def tried(name: str, function: Callable[..., Any], seed: int = 16) -> float | None:
    """Try a function on a simulated world: its three numbers times 1, 2 and 3, added up."""
    try:
        with np.errstate(all="ignore"):
            numbers = np.asarray(function(*given(name, seed)), float)
        if numbers.shape == (3,):
            return float(numbers @ [1, 2, 3])
        print(f"{name}: three numbers are asked for, not an array of shape {numbers.shape}.")
    except Exception as error:
        # No answer yet, here or in a function that is called.
        if "ellipsis" not in str(error):
            print(f"{name}: the function stops with {type(error).__name__}: {error}")
    return None


def _functions(name: str, unit: str, right: Line, slips: dict[str, Line]) -> Question:
    def of(line: Line) -> Callable[[], float]:
        return lambda: float(line(*given(name, 16)) @ [1, 2, 3])

    return Question(of(right), unit, 1e-6, {words: of(line) for words, line in slips.items()})


def _pct(of: str) -> Line:
    return lambda world, theta: 100 * world.solved(theta).countries.eval(of).to_numpy()


def _cars(own: float = 1.0, index: float = 1.0, before: float = 1.0) -> float:
    """Give what happens to imports of cars; slips change exponents and the tariff before."""
    bought, theta = us_markets()["MVH"], load_thetas(MIXTURE).us_sectors["MVH"]
    old, new = (1 + us_rates(load_scenario(x)).at["JPN", "MVH"] for x in ("mfn", "deal_15"))
    share, tau = bought["JPN"] * old / (bought.sum() + bought["JPN"] * (old - 1)), new / old**before
    price = (share * tau**-theta + 1 - share) ** (-1 / theta)
    return float(100 * (tau ** -(own + theta) * price ** (index * theta) - 1))


# By seller and buyer: p shares, t tariffs, r rates; by country: w wages, s spending, d deficits.
check = Checker({
    "q1": Question(lambda: 100 * desk().shares[0, 1], "per cent of spending", 0.002, {
        "values before duty": lambda: 100 * desk().flows[0, 1] / desk().flows[:, 1].sum(),
        "seller and buyer swapped": lambda: 100 * desk().shares[1, 0],
        "imports alone": lambda: 100 * desk().shares[0, 1] / (1 - desk().shares[1, 1]),
    }),
    "q2": _functions("q2", "price indices, new over old", lambda p, w, t, th: (
        sum(p * (w * t.T).T ** -th) ** (-1 / th)
    ), {
        "buyers' wages, not sellers'": lambda p, w, t, th: sum(p * (w * t) ** -th) ** (-1 / th),
        "a sum over buyers": lambda p, w, t, th: sum(p.T * (w * t.T) ** -th) ** (-1 / th),
        "the root at the end forgotten": lambda p, w, t, th: sum(p * (w * t.T).T ** -th),
        "no brackets in the power": lambda p, w, t, th: sum(p * (w * t.T).T ** -th) ** -1 / th,
    }),
    "q3": _functions("q3", "spending", lambda p, r, w, d: (w + d) / (1 - sum(p * r / (1 + r))), {
        "duties left out of income": lambda p, r, w, d: w + d,
        "the rate on prices with the duty inside": lambda p, r, w, d: (w + d) / (1 - sum(p * r)),
        "the deficit left out": lambda p, r, w, d: w / (1 - sum(p * r / (1 + r))),
        "duties added up by seller": lambda p, r, w, d: (w + d) / (1 - (p * r / (1 + r)).sum(1)),
    }),
    "q4": _functions("q4", "sales", lambda p, r, s: p / (1 + r) @ s, {
        "duties that go to the seller": lambda p, r, s: p @ s,
        "what each country buys: sum over buyers, axis=1": lambda p, r, s: sum(p * s / (1 + r)),
        "spending of the seller for that of the buyer": lambda p, r, s: s * (p / (1 + r)).sum(1),
    }),
    "q5": _functions("q5", "per cent", _pct("welfare_hat - 1"), {
        "wages alone: income has duties in it too": _pct("wage_hat / price_hat - 1"),
        "income not divided by prices": _pct("income_hat - 1"),
    }),
    "q6": Question(lambda: optimize.brentq(gain, 0.5, 30), "an elasticity theta", 0.005, {
        "15 % in place of 25 %": lambda: optimize.brentq(gain, 0.5, 30, args=(0.15,)),
        "one over the rate: a rule for the best rate, not for the crossing": lambda: 4.0,
    }),
    "q7": Question(lambda: "C", slips={
        "the wage taken for wrong, but it is that of the new equilibrium": lambda: "A",
        "the buyers' price taken for wrong, but they do pay the duty": lambda: "B",
        "duties kept out of income, but households get them": lambda: "D",
        "the deflator taken for wrong, but prices of all goods are in it": lambda: "E",
    }),
    "q8": Question(lambda: gain(*NOTE), "per cent of income", 0.005, {
        "the error of the note still in it": lambda: (
            gain(*NOTE, f"(income_hat + {NOTE[1]} * (income_hat - wage_hat)) / price_hat - 1")
        ),
        "duties left out of income": lambda: gain(*NOTE, "wage_hat / price_hat - 1"),
        "income not divided by prices": lambda: gain(*NOTE, "income_hat - 1"),
    }),
    "q9": Question(_cars, "per cent, below zero for a fall", 0.002, {
        "theta for 1 + theta: spending with the duty in it": lambda: _cars(own=0),
        "the price index left out": lambda: _cars(index=0),
        "the new rate alone: the normal one was paid before": lambda: _cars(before=0),
    }),
})  # fmt: skip
