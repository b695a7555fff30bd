"""Tariffs as a game: the best rate of one country, best answers of several, and what they bring.

Frames of the notebook are of one good and the trade of 2023, in which trade is balanced first: with
deficits that stay whatever happens, a country that buys more than it sells would gain from any
tariff on everybody.
"""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from scipy import optimize

from research.data import load_table, once
from research.errors import Fault
from research.shared import shared
from research.tariffs.elasticities import SET_NAMES, Thetas, one_good_theta
from research.tariffs.models.equilibrium import Economy, prepare, solve_equilibrium
from research.tariffs.models.registry import BASE
from research.tariffs.models.result import Equilibrium
from research.tariffs.models.solver import Array, ConvergenceError
from research.tariffs.scenario import Scenario, load_scenario
from research.tariffs.scenario_rates import one_good_rates, us_rates
from research.tariffs.worlds import HOME, PARTNER, one_good, us_imports

#: Best answers that move no rate by more than this are a fixed point: welfare is flat at its top,
#: and with welfare good to twelve digits a rate is good to about five.
TOLERANCE_SHARE = 1e-5

MOST_ROUNDS = 50

#: Curves of welfare over the rate go at least so far.
LEAST_CURVE_RATE_SHARE = 0.6

#: Rates up to this are looked at.
HIGHEST_GAME_RATE_SHARE = 4.0

# Steps of the first look from zero to the highest rate.
_STEPS = 20


@dataclass(frozen=True, eq=False, slots=True)
class BestTariff:
    """The uniform tariff that is best for one country, and the equilibrium at that rate."""

    rate_share: float
    equilibrium: Equilibrium


@dataclass(frozen=True, eq=False, slots=True)
class NashTariffs:
    """Rates by player on all others from which none gains by moving alone."""

    rate_share: pd.Series
    equilibrium: Equilibrium


def best_tariff(
    flows_musd: pd.DataFrame,
    country: Hashable,
    *,
    old_rate_share: pd.DataFrame,
    on: Sequence[Hashable] | None = None,
    **more: Any,
) -> BestTariff:
    """Find the uniform tariff of a country on some exporters that is best for its welfare.

    In a world of two and no options the rate is one over theta times the other's home share (Gros
    1987, Journal of International Economics 23, 357-367).

    Flows, old rates, ``more`` and faults are as in `prepare`, without sectors. ``on`` are the
    exporters taxed (``None``: all others); rates from zero to ``highest_rate_share`` are looked at,
    and welfare that still rises at it is a `ConvergenceError`.
    """
    given = {"old_rate_share": old_rate_share, "new_rate_share": old_rate_share}
    economy = prepare(flows_musd, **given, **more)
    names = economy.flows_musd.index
    taxed = names.drop(country) if on is None else pd.Index(on)
    rates = economy.world.new_power[0, :, :, 0] - 1
    rate = _best(economy, rates, country, taxed)
    return BestTariff(rate, economy.at(_put(economy, rates, country, taxed, rate)))


def nash_tariffs(
    flows_musd: pd.DataFrame,
    players: Sequence[Hashable],
    *,
    old_rate_share: pd.DataFrame,
    **more: Any,
) -> NashTariffs:
    """Let players set their best uniform tariffs on all others in turn, until none moves.

    Parameters and errors are those of `best_tariff`; players move in the order given, start from
    the old rates, all others keep them. Rates that move by more than `TOLERANCE_SHARE` in the last
    of `MOST_ROUNDS` are a `ConvergenceError`. Ossa 2014, American Economic Review 104, 4104-4146,
    section III, where rates differ by industry and partner.
    """
    given = {"old_rate_share": old_rate_share, "new_rate_share": old_rate_share}
    economy = prepare(flows_musd, **given, **more)
    names = economy.flows_musd.index
    rates, answers, moved = economy.world.new_power[0, :, :, 0] - 1, pd.Series(np.inf, players), 0.0
    for _ in range(MOST_ROUNDS):
        before = answers.copy()
        for player in players:
            others = names.drop(player)
            answers[player] = _best(economy, rates, player, others)
            rates = _put(economy, rates, player, others, answers[player])
        moved = float((answers - before).abs().max())
        if moved <= TOLERANCE_SHARE:
            return NashTariffs(answers, economy.at(rates))
    found = f"{moved:.1e} in the last of {MOST_ROUNDS} rounds"
    todo = "Ask fewer players."
    fault = Fault("largest change of a rate", f"at most {TOLERANCE_SHARE:.0e}", found, todo)
    raise ConvergenceError("Nash tariffs were not found.", [fault])


def _best(economy: Economy, rates: Array, country: Hashable, on: pd.Index) -> float:
    """Look at rates on a grid, then between the neighbours of the best one."""
    seen, highest = dict[float, float](), economy.highest_rate_share

    def gains(looked: Sequence[float]) -> Sequence[float]:
        new = [_put(economy, rates, country, on, rate) for rate in looked]
        found: list[float] = economy.welfare_pct_at(new)[country].tolist()
        seen.update(zip(map(float, looked), found, strict=True))
        return found

    grid = np.linspace(0, highest, _STEPS + 1)
    top = int(np.argmax(gains(grid.tolist())))
    if top == _STEPS:
        todo = "Look further with a higher highest_rate_share."
        asked, found = "a best rate below the highest", f"a gain up to {highest:g}"
        fault = Fault(f"welfare of {country}", asked, found, todo)
        raise ConvergenceError("The best tariff was not found.", [fault])
    bounds = grid[max(top - 1, 0)], grid[top + 1]
    optimize.minimize_scalar(
        lambda rate: -gains([rate])[0], bounds=bounds, method="bounded", options={"xatol": 1e-7}
    )
    return max(sorted(seen), key=lambda rate: seen[rate])


def _put(economy: Economy, rates: Array, country: Hashable, on: pd.Index, rate: float) -> Array:
    names, new = economy.flows_musd.index, rates.copy()
    new[names.get_indexer(on), names.get_loc(country)] = rate
    return new


@once
def balanced_world(theta: float, others_share: float = 0.0) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Give trade of one good in 2023 once every deficit is closed, and the rates it is under.

    They are those before 2025, and ``others_share`` where the United States buys from any country
    but Japan.
    """
    base = one_good_rates(load_scenario(BASE), 2023, retaliation=False)
    now = base.copy()
    if others_share:
        now.loc[~now.index.isin([HOME, PARTNER]), HOME] = others_share
    rates = {"old_rate_share": base, "new_rate_share": now}
    closed = solve_equilibrium(one_good(2023), theta=theta, **rates, deficit_left_share=0.0)
    return closed.flows_musd, now


def average_rate(scenario: Scenario) -> float:
    """Give the average rate of a scenario on all goods from Japan, a share; weights of 2024."""
    bought = us_imports().loc[PARTNER]
    return float(us_rates(scenario).loc[PARTNER] @ bought / bought.sum())


@shared
def rate_curve(
    thetas: Thetas, rates_share: Sequence[float], others_share: float = 0.0
) -> pd.DataFrame:
    """Give ``welfare_pct`` of both sides over one US rate on all goods from Japan."""
    world, base = balanced_world(thetas.one_good, others_share)
    economy = prepare(world, theta=thetas.one_good, old_rate_share=base, new_rate_share=base)
    names = load_table("tariffs/region_codes")["country_name"]
    old, on = economy.world.old_power[0, :, :, 0] - 1, pd.Index([PARTNER])
    found = economy.welfare_pct_at([_put(economy, old, HOME, on, rate) for rate in rates_share])
    long = found[[HOME, PARTNER]].rename(columns=names).assign(rate_pct=100 * np.array(rates_share))
    long = long.melt("rate_pct", var_name="country", value_name="welfare_pct")
    long = long.sort_values("rate_pct", kind="stable", ignore_index=True)
    return long[["country", "rate_pct", "welfare_pct"]]


@shared
def best_by_set(sets: Sequence[str], others_share: float) -> pd.DataFrame:
    """Give the unanswered rate on Japan that each set of elasticities calls best.

    ``elasticities`` (words), ``theta``, and rates on Japan in per cent: ``best_pct`` (no duties on
    others) and ``best_others_pct`` (with a duty of ``others_share`` on all others).
    """
    rows = []
    for name in sets:
        theta = one_good_theta(name)
        alone, beside = (
            best_tariff(flows, HOME, on=[PARTNER], **_given(theta, rates)).rate_share
            for flows, rates in (balanced_world(theta, one) for one in (0.0, others_share))
        )
        rows.append((SET_NAMES[name], theta, 100 * alone, 100 * beside))
    return pd.DataFrame(rows, columns=["elasticities", "theta", "best_pct", "best_others_pct"])


@shared
def best_rates(thetas: Thetas, others_share: float = 0.0) -> pd.DataFrame:
    """Give the rates that the United States and Japan would choose.

    The United States has ``others_share`` on all others before and after.

    ``game`` (words), ``us_rate_pct``, ``japan_rate_pct`` (NaN where it keeps its rates),
    ``us_welfare_pct``, ``japan_welfare_pct`` (against the base).
    """
    flows, base = balanced_world(thetas.one_good, others_share)
    given = _given(thetas.one_good, base)
    on_japan, on_all = (best_tariff(flows, HOME, on=on, **given) for on in ([PARTNER], None))
    nash = nash_tariffs(flows, [HOME, PARTNER], **given)
    us, japan = nash.rate_share[[HOME, PARTNER]]
    played = [
        ("best on Japan alone, unanswered", on_japan.rate_share, np.nan, on_japan.equilibrium),
        ("best on everybody, unanswered", on_all.rate_share, np.nan, on_all.equilibrium),
        ("both on everybody, each answers (Nash)", us, japan, nash.equilibrium),
    ]
    rows = [
        (words, 100 * rate, 100 * answer, *result.welfare_pct[[HOME, PARTNER]])
        for words, rate, answer, result in played
    ]
    of = ["us_rate_pct", "japan_rate_pct", "us_welfare_pct", "japan_welfare_pct"]
    return pd.DataFrame(rows, columns=["game", *of])


def _given(theta: float, base: pd.DataFrame) -> dict[str, Any]:
    return {"theta": theta, "old_rate_share": base, "highest_rate_share": HIGHEST_GAME_RATE_SHARE}
