"""The S-curve of spending: a Beta(2, 2), shares that add up, and input that is refused."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from research.errors import InputError
from research.jobs.schedule import spent_by, yearly_shares

# Three products of doubles near 1.
CLOSE = 1e-12

years = st.floats(2026, 2040)
lengths = st.floats(0.25, 20)
delays = st.floats(0, 10)


def test_half_is_spent_at_half_time_and_a_tenth_of_time_spends_less_than_a_tenth():
    assert spent_by([2026, 2028, 2030, 2034], 2026, 8) == pytest.approx([0, 0.15625, 0.5, 1])


@given(start=years, build=lengths, delay=delays)
def test_the_curve_is_the_distribution_function_of_a_beta(start, build, delay):
    moments = np.linspace(2025, 2065, 81)
    expected = stats.beta(2, 2, loc=start + delay, scale=build).cdf(moments)
    assert spent_by(moments, start, build, delay) == pytest.approx(expected, abs=1e-9)


@given(start=years, build=lengths, delay=delays)
def test_shares_of_years_are_positive_and_add_up_to_one(start, build, delay):
    shares = yearly_shares(np.arange(2025, 2081), start, build, delay)
    assert (shares >= 0).all()
    assert shares.sum() == pytest.approx(1, abs=CLOSE)


@given(start=years, build=lengths, delay=delays)
def test_a_delay_is_a_later_start(start, build, delay):
    edges = np.arange(2025.0, 2081.0)
    assert spent_by(edges, start, build, delay) == pytest.approx(
        spent_by(edges, start + delay, build, 0), abs=CLOSE
    )


def test_finer_edges_split_the_same_money():
    yearly = yearly_shares(np.arange(2026, 2036), 2026.4, 5.3, 1.2)
    quarterly = yearly_shares(np.arange(2026, 2035.1, 0.25), 2026.4, 5.3, 1.2)
    assert quarterly.reshape(-1, 4).sum(axis=1) == pytest.approx(yearly, abs=CLOSE)


def test_several_projects_and_draws_broadcast():
    edges, starts = np.arange(2026, 2041), np.array([[2026.5], [2028.0]])
    delays_of_draws = np.array([0.0, 1.0, 2.5])[:, None, None]
    shares = yearly_shares(edges, starts, [[4.0], [9.0]], delays_of_draws)
    assert shares.shape == (3, 2, 14)
    assert shares[2, 1] == pytest.approx(yearly_shares(edges, 2028.0, 9.0, 2.5), abs=CLOSE)


def test_every_fault_is_named_at_once():
    with pytest.raises(InputError) as caught:
        spent_by([2028, 2027], np.nan, 0, -1)
    where = [fault.where for fault in caught.value.faults]
    assert where == ["start_year", "year_edges", "build_years", "delay_years"]


def test_shapes_that_do_not_broadcast_are_told_what_to_do():
    with pytest.raises(InputError, match=r"start_year\[:, None\]"):
        spent_by(np.arange(2026, 2040), [2026, 2027], 4)


@pytest.mark.parametrize("edges", [2026, [2026]])
def test_one_edge_makes_no_year(edges):
    with pytest.raises(InputError, match="at least two edges"):
        yearly_shares(edges, 2026, 4)
