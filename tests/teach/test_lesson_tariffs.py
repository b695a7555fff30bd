"""The lesson on tariffs: truths against brute force, and what typical wrong answers are told."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import optimize

from research.tariffs import what_if
from research.tariffs.elasticities import load_thetas
from research.tariffs.markets import diversion
from research.tariffs.models.games import best_tariff
from research.tariffs.scenario import load_scenario
from research.tariffs.scenario_rates import us_rates
from research.tariffs.worlds import us_markets
from research.teach.lessons.tariffs import NOTE, World, check, desk, gain, given, simulated, tried

#: Relative; two solvers that stop at steps of 1e-12 or less.
NEAR = 1e-6


def brute(world: World, theta: float) -> dict[str, np.ndarray]:
    """Solve by loops and a root finder in levels, the first wage being one; nothing in hats."""
    taste = (1 + world.old) ** (1 + theta) * world.flows  # at wages of one
    work, n = world.flows.sum(axis=1), range(3)
    deficit = world.flows.sum(axis=0) - work

    def at(rate: np.ndarray, wage: np.ndarray) -> dict[str, np.ndarray]:
        unit = sum(wage[i] * work[i] for i in n) / sum(work)  # deficits: world wages are fixed
        pull = np.array(
            [[taste[i, k] * (wage[i] * (1 + rate[i, k])) ** -theta for k in n] for i in n]
        )
        share = pull / pull.sum(axis=0)
        duty = [sum(share[i, k] * rate[i, k] / (1 + rate[i, k]) for i in n) for k in n]
        spent = [(wage[k] * work[k] + unit * deficit[k]) / (1 - duty[k]) for k in n]
        sales = [sum(share[i, k] * spent[k] / (1 + rate[i, k]) for k in n) for i in n]
        index = pull.sum(axis=0) ** (-1 / theta)
        gap = np.array([sales[i] / (wage[i] * work[i]) - 1 for i in n])
        return {"gap": gap, "real": spent / index, "unit": unit, "wage": wage, "index": index}

    tail = optimize.root(
        lambda x: at(world.new, np.array([1, *x]))["gap"][1:], [1.0, 1.0], tol=1e-12
    )
    new, old = at(world.new, np.array([1, *tail.x])), at(world.old, np.ones(3))
    assert np.abs(old["gap"]).max() < 1e-12
    assert np.abs(new["gap"]).max() < 1e-9
    return {"welfare": 100 * (new["real"] / old["real"] - 1), "wage": new["wage"] / new["unit"]}


def _weighed(values: np.ndarray) -> float:
    return float(values @ [1, 2, 3])


@pytest.mark.parametrize("world", [desk(), simulated(16), simulated(77)])
def test_the_package_solves_what_brute_force_solves(world: World) -> None:
    found = brute(world, 3.7)
    solved = world.solved(3.7)
    assert solved.welfare_pct.to_numpy() == pytest.approx(found["welfare"], rel=NEAR, abs=1e-7)
    assert solved.countries["wage_hat"].to_numpy() == pytest.approx(found["wage"], rel=NEAR)


def test_truths_are_those_of_loops_and_of_other_solvers() -> None:
    n, truth = range(3), {name: one.truth() for name, one in check.questions.items()}
    assert truth["q1"] == pytest.approx(100 * 66 / (66 + 430 + 110))
    pi, wage, tau, theta = given("q2", 16)
    index = [sum(pi[i, k] / (wage[i] * tau[i, k]) ** theta for i in n) ** (-1 / theta) for k in n]
    assert truth["q2"] == pytest.approx(_weighed(np.array(index)), rel=NEAR)
    pi, rate, wages, deficit = given("q3", 16)
    spent = wages + deficit
    for _ in range(100):  # duties are spent, and pay duty again
        duty = [sum(spent[k] * pi[i, k] * (1 - 1 / (1 + rate[i, k])) for i in n) for k in n]
        spent = wages + deficit + duty
    assert truth["q3"] == pytest.approx(_weighed(spent), rel=NEAR)
    pi, rate, spent = given("q4", 16)
    sales = [sum(pi[i, k] * spent[k] / (1 + rate[i, k]) for k in n) for i in n]
    assert truth["q4"] == pytest.approx(_weighed(np.array(sales)), rel=NEAR)
    assert truth["q5"] == pytest.approx(_weighed(brute(*given("q5", 16))["welfare"]), rel=NEAR)
    assert brute(desk(), truth["q6"])["welfare"][0] == pytest.approx(0, abs=1e-6)
    assert truth["q8"] == pytest.approx(brute(desk(NOTE[1]), NOTE[0])["welfare"][0], rel=1e-5)
    # One market of two sellers at given prices: Japan, and all else at prices that stay.
    japan, theta = us_markets().at["JPN", "MVH"], load_thetas("mixture").us_sectors["MVH"]
    old = us_rates(load_scenario("mfn")).at["JPN", "MVH"]
    paid, rest = japan * (1 + old), us_markets()["MVH"].sum() - japan
    pull = paid * (1.15 / (1 + old)) ** -theta
    imports = (paid + rest) * pull / (pull + rest) / 1.15
    assert truth["q9"] == pytest.approx(100 * (imports / japan - 1), rel=NEAR)
    states = load_scenario("deal_15"), load_scenario("mfn")
    package = diversion(load_thetas("mixture"), *states, np.inf).at["MVH", "imports_pct"]
    assert truth["q9"] == pytest.approx(package, rel=NEAR)


def test_the_best_tariff_and_who_loses_are_as_the_lesson_says() -> None:
    flows, old = (desk().solved(4).flows_musd * 0 + x for x in (desk().flows, desk().old))
    best = best_tariff(flows, "Home", theta=4, old_rate_share=old).rate_share
    assert best == pytest.approx(1 / 4, rel=0.1)  # one over theta, nearly
    lost = desk(0.15).solved(4).countries["equivalent_variation_musd"]
    assert lost["Partner"] < -lost["Home"] < 0 < lost["Rest"]
    assert lost.sum() < 0
    by_set = what_if(25, baseline="deal_15").tables["by_set"]
    assert (by_set["japan_bn"] < 0).all()
    gains = by_set.index[by_set["us_bn"] > 0]
    assert [*gains] == ["Boehm and others long run low", "Boehm and others long run high"]
    assert us_rates(load_scenario("letter_25")).at["JPN", "MVH"] > 0.25  # normal rates on top


def _without_prices() -> float:
    world, theta = given("q5", 16)
    return _weighed(100 * (world.solved(theta).countries["income_hat"].to_numpy() - 1))


#: Question, the wrong answer, and a part of the hint.
WRONG = [
    ("q1", lambda: 100 * 60 / 590, "before duty"),
    ("q1", lambda: 100 * 80 / 1000, "seller and buyer swapped"),
    ("q1", lambda: 0.108911, "a share for per cent"),
    ("q1", lambda: 100 * 66 / 176, "imports alone"),
    ("q2", lambda: tried("q2", lambda p, w, t, th: (p * (w[:, None] * t) ** -th).sum(0)),
     "root at the end"),
    ("q2", lambda: tried("q2", lambda p, w, t, th: (
        (p * (w[:, None] * t) ** -th).sum(0) ** -1 / th)), "no brackets"),
    ("q2", lambda: tried("q2", lambda p, w, t, th: (
        (p * (w[:, None] * t) ** -th).sum(1) ** (-1 / th))), "a sum over buyers"),
    ("q2", lambda: tried("q2", lambda p, w, t, th: (p * (w * t) ** -th).sum(0) ** (-1 / th)),
     "buyers' wages"),
    ("q3", lambda: tried("q3", lambda p, r, w, d: w + d), "duties left out"),
    ("q3", lambda: tried("q3", lambda p, r, w, d: (w + d) / (1 - (p * r).sum(0))), "duty inside"),
    ("q3", lambda: tried("q3", lambda p, r, w, d: w / (1 - (p * r / (1 + r)).sum(0))),
     "deficit left out"),
    ("q4", lambda: tried("q4", lambda p, r, s: p @ s), "go to the seller"),
    ("q4", lambda: tried("q4", lambda p, r, s: (p * s / (1 + r)).sum(0)), "what each country buys"),
    ("q4", lambda: tried("q4", lambda p, r, s: (p * s[:, None] / (1 + r)).sum(1)),
     "spending of the seller"),
    ("q5", _without_prices, "not divided by prices"),
    ("q5", lambda: tried("q5", lambda w, th: w.solved(th).welfare_pct / 100), "share for per cent"),
    ("q6", lambda: 4, "one over the rate"),
    ("q6", lambda: optimize.brentq(gain, 2, 30, args=(0.15,)), "15 % in place"),
    ("q7", lambda: "D", "households get them"),
    ("q8", lambda: 0.061, "error of the note"),
    ("q8", lambda: -0.6736, "duties left out"),
    ("q9", lambda: -35.53, "theta for 1 + theta"),
    ("q9", lambda: -43.73, "price index left out"),
]  # fmt: skip


@pytest.mark.parametrize(("name", "value", "hint"), WRONG)
def test_a_wrong_answer_does_not_pass_and_gets_its_hint(name, value, hint) -> None:
    right, words = check._verdict(name, value())
    assert not right
    assert hint in words


def test_a_function_that_is_not_written_or_breaks_is_no_answer(capsys) -> None:
    for function in (lambda *_: ..., lambda *_: 1 / 0, lambda *_: [1, 2]):
        assert tried("q2", function) is None
    told = capsys.readouterr().out
    assert "ZeroDivisionError" in told
    assert "shape (2,)" in told
    assert told.count("\n") == 2
