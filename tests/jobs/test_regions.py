"""Where output is made: on paper, round by round, and by what must hold for any economy."""

from fractions import Fraction

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from research.jobs.states import METHODS, regions

from .random_tables import FEW
from .random_tables import labelled_quotients as quotients

# The states must add up to the nation this closely (relative).
SUM = 1e-9

A = pd.DataFrame([[0.2, 0.1], [0.4, 0.3]], ["mills", "farms"], ["mills", "farms"])
JOBS = pd.DataFrame({"East": [30, 10], "West": [10, 50]}, index=["mills", "farms"])
FIRST = pd.Series({"mills": 8.0, "farms": 12.0})


def placed(built, first, shares, site=()):
    """First round and all rounds of one project, industry x state."""
    industries, states = built.jobs.index, built.jobs.columns
    f = first.reindex(industries).to_numpy(float)[None]
    s = shares.reindex(states, fill_value=0.0).to_numpy(float)[None]
    return [pd.DataFrame(one[0], industries, states) for one in built.place(f, s, site)]


@st.composite
def economies(draw):
    """An economy of 2 to 5 industries and 1 to 4 states, with a project in some of them."""
    n, m = draw(st.integers(2, 5)), draw(st.integers(1, 4))
    industries, states = [f"i{i}" for i in range(n)], [f"s{r}" for r in range(m)]
    share = hnp.arrays(float, (n, n), elements=st.floats(0, 1))
    coefficients = draw(share) * 0.95 / n
    jobs = draw(hnp.arrays(float, (n, m), elements=st.sampled_from([0, 1, 7, 300, 1e5])))
    jobs[:, 0] += 1
    jobs[0] += 1
    first = draw(hnp.arrays(float, n, elements=st.just(0.0) | st.floats(0.001, 1e5)))
    shares = draw(hnp.arrays(float, m, elements=st.floats(0.01, 1)))
    site = draw(st.lists(st.sampled_from(industries), unique=True))
    return (
        pd.DataFrame(coefficients, industries, industries),
        pd.DataFrame(jobs, industries, states),
        pd.Series(first, industries),
        pd.Series(shares / shares.sum(), states),
        site,
    )


def test_one_project_on_paper():
    """Everything in the East; SLQ 15/8 and 5/12 there, so farms come from the West by 7/12."""
    built = regions(A, JOBS, method="SLQ", delta=0)
    east = pd.Series({"East": 1.0})
    direct, spread = placed(built, FIRST, east)
    assert direct.loc["mills"].to_list() == pytest.approx([8, 0])
    assert direct.loc["farms"].to_list() == pytest.approx([5, 7])
    # East: I - RA = [[8/10, -1/10], [-1/6, 7/8]], det 7/10 - 1/60 = 41/60.
    det = Fraction(41, 60)
    mills = (Fraction(7, 8) * 8 + Fraction(1, 10) * 5) / det
    farms = (Fraction(1, 6) * 8 + Fraction(8, 10) * 5) / det
    # Nation: I - A = [[8/10, -1/10], [-4/10, 7/10]], det 52/100.
    nation = [
        (Fraction(7, 10) * 8 + Fraction(1, 10) * 12) / Fraction(52, 100),
        (Fraction(4, 10) * 8 + Fraction(8, 10) * 12) / Fraction(52, 100),
    ]
    assert spread["East"].to_list() == pytest.approx([float(mills), float(farms)])
    assert spread["West"].to_list() == pytest.approx(
        [float(nation[0] - mills), float(nation[1] - farms)]
    )


def by_rounds(coefficients, jobs, first, shares, site, method, delta):
    """Send each project's orders round by round; what leaves the state goes to the others."""
    out = pd.DataFrame(0.0, jobs.index, jobs.columns)
    simple = quotients(jobs, "SLQ", delta)
    for home, share in shares.items():
        if method == "SLQ":
            cut = pd.DataFrame(dict.fromkeys(jobs.index, simple[home])).clip(upper=1)
        else:
            cut = quotients(jobs, method, delta).loc[home].clip(upper=1)
        nation, orders = 0 * first, share * first
        kept = {i: 1 if i in site else min(1, simple.at[i, home]) for i in jobs.index}
        inside, local = 0 * first, share * first * pd.Series(kept)
        for _ in range(80):
            nation, orders = nation + orders, coefficients @ orders
            inside, local = inside + local, (cut * coefficients) @ local
        for i in jobs.index:
            away = jobs.loc[i].drop(home)
            if away.sum() == 0:
                out.at[i, home] += nation[i]
                continue
            out.at[i, home] += inside[i]
            for state in away.index:
                out.at[i, state] += (nation[i] - inside[i]) * away[state] / away.sum()
    return out


@pytest.mark.parametrize("method", METHODS)
def test_rounds_give_the_same(method):
    draws = np.random.default_rng(4)
    names, states = list("abcd"), ["North", "South", "East"]
    coefficients = pd.DataFrame(draws.random((4, 4)) * 0.22, names, names)
    jobs = pd.DataFrame(draws.integers(1, 900, (4, 3)), names, states)
    jobs.loc["c", ["North", "East"]] = 0
    first = pd.Series(draws.random(4) * 100, names)
    shares = pd.Series({"North": 0.5, "South": 0.3, "East": 0.2})
    built = regions(coefficients, jobs, method=method, delta=0.25)
    ours = placed(built, first, shares, ("a",))[1]
    expected = by_rounds(coefficients, jobs, first, shares, ("a",), method, 0.25)
    np.testing.assert_allclose(ours, expected, rtol=1e-9, atol=1e-9)


@FEW
@given(economies(), st.sampled_from(METHODS), st.floats(0, 0.9))
def test_states_add_up_to_the_nation_and_none_is_negative(economy, method, delta):
    coefficients, jobs, first, shares, site = economy
    built = regions(coefficients, jobs, method=method, delta=delta)
    direct, spread = placed(built, first, shares, site)
    nation = np.linalg.solve(np.eye(len(first)) - coefficients, first)
    np.testing.assert_allclose(direct.sum(axis=1), first, rtol=SUM)
    np.testing.assert_allclose(spread.sum(axis=1), nation, rtol=SUM)
    assert (direct >= 0).all(axis=None)
    assert (spread >= 0).all(axis=None)
    assert (spread - direct).min(axis=None) >= -SUM * nation.max(initial=1)


def test_a_negative_coefficient_makes_no_negative_output():
    coefficients = A.copy()
    coefficients.loc["farms", "farms"] = -0.0004
    built = regions(coefficients, JOBS, method="FLQ", delta=0.3)
    for name in FIRST.index:
        first = pd.Series(0.0, FIRST.index)
        first[name] = 1.0
        spread = placed(built, first, pd.Series({"West": 1.0}), FIRST.index)[1]
        nation = np.linalg.solve(np.eye(2) - coefficients, first)
        assert (spread >= 0).all(axis=None)
        np.testing.assert_allclose(spread.sum(axis=1), nation, rtol=SUM)
