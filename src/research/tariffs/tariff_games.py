"""Tariffs that countries would choose: the best of one, and best answers of several at once."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from numbers import Integral
from typing import Unpack

import numpy as np
import pandas as pd
from scipy import optimize

from research.errors import Fault, InputError, raise_if
from research.tariffs.hat_checks import HIGHEST_RATE_SHARE
from research.tariffs.hat_one_sector import one_sector_faults, solve_checked
from research.tariffs.hat_options import Options, is_number
from research.tariffs.hat_result import HatResult
from research.tariffs.solver import ConvergenceError
from research.values import brief

#: Best answers that move no rate by more than this are a fixed point: welfare is flat at its top,
#: and with welfare good to twelve digits a rate is good to about five.
TOLERANCE_SHARE = 1e-5

MOST_ROUNDS = 50

# Steps of the first look from zero to the highest rate.
_STEPS = 20

# Changes of the trail that an error prints.
_SHOWN = 5


@dataclass(frozen=True, eq=False, slots=True)
class BestTariff:
    """The uniform tariff that is best for one country, all other rates given.

    Attributes
    ----------
    country, on
        Who sets the rate, and on goods of which exporters.
    rate_share
        The best rate.
    curve
        By ``rate_share``: ``welfare_change_pct``, ``equivalent_variation_musd`` and
        ``revenue_musd`` of the country, from no tariff to the highest rate looked at.
    equilibrium
        At the best rate, against the rates before.
    """

    country: Hashable
    on: tuple[Hashable, ...]
    rate_share: float
    curve: pd.DataFrame
    equilibrium: HatResult

    def summary(self) -> pd.DataFrame:
        """Give welfare and revenue of every country at the best rate."""
        return self.equilibrium.summary()


@dataclass(frozen=True, eq=False, slots=True)
class NashTariffs:
    """Rates from which no player gains by moving alone.

    Attributes
    ----------
    rate_share
        By player, on all other countries.
    trail
        Round x player: the best answers on the way.
    equilibrium
        At these rates, against the rates before.
    """

    rate_share: pd.Series
    trail: pd.DataFrame
    equilibrium: HatResult

    def summary(self) -> pd.DataFrame:
        """Give each player's rate, welfare and revenue against the start."""
        results = self.equilibrium.summary().loc[self.rate_share.index]
        return pd.concat([self.rate_share, results], axis=1)


def best_tariff(
    flows_musd: pd.DataFrame,
    country: Hashable,
    *,
    theta: float,
    old_rate_share: pd.DataFrame,
    on: Sequence[Hashable] | None = None,
    new_rate_share: pd.DataFrame | None = None,
    highest_rate_share: float = HIGHEST_RATE_SHARE,
    **options: Unpack[Options],
) -> BestTariff:
    """Find the uniform tariff of a country on some exporters that is best for its welfare.

    Parameters
    ----------
    flows_musd, theta, old_rate_share
        As in `solve_one_sector`.
    country
        The importer that sets the rate.
    on
        Exporters that it falls on; ``None``: all others.
    new_rate_share
        Rates of all other pairs after the change, as when the country answers another one's
        tariff; ``None`` leaves the old ones.
    highest_rate_share
        Rates from zero to this are looked at; no other rate may be above it.
    **options
        Those of `solve_one_sector`.

    Raises
    ------
    InputError
        With every fault of `solve_one_sector`, and names that are not in the flows.
    ConvergenceError
        If welfare still rises at the highest rate, or an equilibrium is not found.

    References
    ----------
    Gros 1987, Journal of International Economics 23, 357-367: with two countries and no options
    the rate is one over theta times the other's home share.
    """
    new = old_rate_share if new_rate_share is None else new_rate_share
    case = _Case(flows_musd, theta, old_rate_share, highest_rate_share, options)
    faults = case.faults(new)
    faults += _name_faults(flows_musd, [country], "country")
    taxed = _others(flows_musd, country) if on is None else list(on)
    faults += _name_faults(flows_musd, taxed, "on")
    if country in taxed:
        faults.append(Fault("on", "exporters other than the country", repr(country)))
    raise_if(InputError, "The best tariff cannot be found.", faults)

    rate, curve = _best(case, new, country, taxed)
    return BestTariff(
        country, tuple(taxed), rate, curve, case.solve(_put(new, country, taxed, rate))
    )


def nash_tariffs(
    flows_musd: pd.DataFrame,
    players: Sequence[Hashable],
    *,
    theta: float,
    old_rate_share: pd.DataFrame,
    highest_rate_share: float = HIGHEST_RATE_SHARE,
    tolerance_share: float = TOLERANCE_SHARE,
    most_rounds: int = MOST_ROUNDS,
    **options: Unpack[Options],
) -> NashTariffs:
    """Let players set their best uniform tariffs on all others in turn, until none moves.

    Parameters
    ----------
    flows_musd, theta, old_rate_share
        As in `solve_one_sector`; players start from the old rates, all others keep them.
    players
        Importers that set a rate each, in the order in which they move.
    highest_rate_share
        As in `best_tariff`.
    tolerance_share
        Largest change of a rate in the last round.
    most_rounds
        Rounds after which to give up.
    **options
        Those of `solve_one_sector`.

    Raises
    ------
    InputError
        With every fault of `solve_one_sector`, and players that are not in the flows.
    ConvergenceError
        If rates still move, with the last changes, or as `best_tariff`.

    References
    ----------
    Ossa 2014, American Economic Review 104, 4104-4146, section III, where rates differ by
    industry and partner.
    """
    case = _Case(flows_musd, theta, old_rate_share, highest_rate_share, options)
    faults = case.faults(old_rate_share)
    faults += _name_faults(flows_musd, players, "players")
    faults += _limit_faults(tolerance_share, most_rounds)
    raise_if(InputError, "Nash tariffs cannot be found.", faults)

    rates, trail = old_rate_share.astype(float), []
    for _ in range(most_rounds):
        answers = {}
        for player in players:
            others = _others(flows_musd, player)
            answers[player] = _best(case, rates, player, others)[0]
            rates = _put(rates, player, others, answers[player])
        trail.append(answers)
        if len(trail) > 1 and _moved(trail[-2:]) <= tolerance_share:
            rounds = pd.DataFrame(trail, pd.RangeIndex(1, len(trail) + 1, name="round"))
            last = rounds.iloc[-1].rename("rate_share").rename_axis("player")
            return NashTariffs(last, rounds, case.solve(rates))
    raise ConvergenceError("Nash tariffs were not found.", [_still(trail, tolerance_share)])


@dataclass(frozen=True, eq=False, slots=True)
class _Case:
    """What stays the same while rates are tried."""

    flows_musd: pd.DataFrame
    theta: float
    old_rate_share: pd.DataFrame
    highest_rate_share: float
    options: Options

    def faults(self, new_rate_share: pd.DataFrame) -> list[Fault]:
        return one_sector_faults(
            self.flows_musd,
            theta=self.theta,
            old_rate_share=self.old_rate_share,
            new_rate_share=new_rate_share,
            highest_rate_share=self.highest_rate_share,
            **self.options,
        )

    def solve(self, new_rate_share: pd.DataFrame) -> HatResult:
        return solve_checked(
            self.flows_musd,
            theta=self.theta,
            old_rate_share=self.old_rate_share,
            new_rate_share=new_rate_share,
            **self.options,
        )


def _best(
    case: _Case, rates: pd.DataFrame, country: Hashable, on: Sequence[Hashable]
) -> tuple[float, pd.DataFrame]:
    """Look at rates on a grid, then between the neighbours of the best one."""
    highest = case.highest_rate_share
    rows: dict[float, dict[str, float]] = {}

    def loss(rate: float) -> float:
        table = case.solve(_put(rates, country, on, rate)).countries.loc[country]
        rows[float(rate)] = {
            "welfare_change_pct": 100 * (table["welfare_hat"] - 1),
            "equivalent_variation_musd": table["equivalent_variation_musd"],
            "revenue_musd": table["new_revenue_musd"],
        }
        return -float(table["welfare_hat"])

    grid = np.linspace(0, highest, _STEPS + 1)
    losses = [loss(rate) for rate in grid]
    top = int(np.argmin(losses))
    if top == _STEPS:
        todo = "Look further with a higher highest_rate_share."
        found = f"a gain up to {highest:g}"
        fault = Fault(f"welfare of {country}", "a best rate below the highest", found, todo)
        raise ConvergenceError("The best tariff was not found.", [fault])
    bounds = grid[max(top - 1, 0)], grid[top + 1]
    optimize.minimize_scalar(loss, bounds=bounds, method="bounded", options={"xatol": 1e-7})
    curve = pd.DataFrame.from_dict(rows, orient="index").sort_index().rename_axis("rate_share")
    return float(curve["welfare_change_pct"].idxmax()), curve


def _put(
    rates: pd.DataFrame, country: Hashable, on: Sequence[Hashable], rate: float
) -> pd.DataFrame:
    new = rates.astype(float)
    new.loc[list(on), country] = rate
    return new


def _others(flows_musd: pd.DataFrame, country: Hashable) -> list[Hashable]:
    return [name for name in flows_musd.index if name != country]


def _name_faults(flows_musd: pd.DataFrame, names: Sequence[Hashable], where: str) -> list[Fault]:
    """List names that are no country of the flows, or stand twice."""
    if not isinstance(flows_musd, pd.DataFrame):
        return []
    known = ", ".join(map(str, flows_musd.index[:_SHOWN]))
    unknown = [name for name in dict.fromkeys(names) if name not in flows_musd.index]
    twice = [name for name in dict.fromkeys(names) if list(names).count(name) > 1]
    return [
        *(Fault(where, f"a country of the flows ({known})", repr(name)) for name in unknown),
        *(Fault(where, "each country once", f"{name!r} more than once") for name in twice),
        *([] if len(names) else [Fault(where, "at least one country", "none")]),
    ]


def _limit_faults(tolerance_share: float, most_rounds: int) -> list[Fault]:
    """List limits that no round could meet."""
    close = is_number(tolerance_share) and tolerance_share > 0
    whole = isinstance(most_rounds, Integral) and not isinstance(most_rounds, bool)
    return [
        Fault(where, asked, brief(value))
        for where, asked, value, good in (
            ("tolerance_share", "a finite share above 0", tolerance_share, close),
            ("most_rounds", "a whole number of at least 1", most_rounds, whole and most_rounds > 0),
        )
        if not good
    ]


def _moved(rounds: Sequence[dict[Hashable, float]]) -> float:
    before, after = rounds
    return max(abs(after[name] - before[name]) for name in after)


def _still(trail: Sequence[dict[Hashable, float]], tolerance: float) -> Fault:
    moves = [_moved(trail[k : k + 2]) for k in range(len(trail) - 1)][-_SHOWN:]
    last = ", ".join(f"{move:.1e}" for move in moves) or "no second round"
    found = f"{last} in the last of {len(trail)} rounds"
    todo = "Allow more rounds, or fewer players."
    return Fault("largest change of a rate", f"at most {tolerance:.0e}", found, todo)
