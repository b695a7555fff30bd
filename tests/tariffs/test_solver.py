"""The fixed point of a map, and what is said where there is none."""

import numpy as np
import pytest
from scipy import optimize

from research.tariffs.models.solver import ConvergenceError, solve_fixed_points


def test_the_fixed_point_of_the_cosine():
    points, _ = solve_fixed_points(np.cos, np.zeros((3, 1)), tolerance=1e-14, most_iterations=100)
    expected = optimize.brentq(lambda x: np.cos(x) - x, 0, 1, xtol=1e-15)
    np.testing.assert_allclose(points[:, 0], expected, atol=1e-13)


def test_a_slow_linear_map_is_solved_in_few_steps():
    rng = np.random.default_rng(1)
    q = np.linalg.qr(rng.normal(size=(6, 6)))[0]
    a, b = q @ np.diag(np.linspace(0.9, 0.999, 6)) @ q.T, 1e-4 * rng.normal(size=6)
    points, _ = solve_fixed_points(
        lambda x: a @ x + b[:, None], b[:, None], tolerance=1e-12, most_iterations=60
    )
    np.testing.assert_allclose(points[:, 0], np.linalg.solve(np.eye(6) - a, b), rtol=1e-5)


def test_columns_are_solved_each_by_itself_and_stay_once_found():
    rates = np.array([0.0, 0.5, -0.9, 0.99])
    points, trail = solve_fixed_points(
        lambda x: rates * x + 0.01, np.zeros((3, 4)), tolerance=1e-12, most_iterations=60
    )
    np.testing.assert_allclose(points, np.tile(0.01 / (1 - rates), (3, 1)))
    assert (trail[-1] <= 1e-12).all()


def test_one_column_without_a_fixed_point_is_told():
    def step(x):
        return np.stack([np.cos(x[:, 0]), x[:, 1] + 3], axis=1)

    with pytest.raises(ConvergenceError, match=r"3.0e\+00 in the last of 7 iterations"):
        solve_fixed_points(step, np.zeros((2, 2)), tolerance=1e-3, most_iterations=7)


def test_no_fixed_point_is_an_error_with_the_trail():
    with pytest.raises(ConvergenceError, match=r"1.0e\+00 in the last of 7 iterations"):
        solve_fixed_points(lambda x: x + 1, np.zeros((2, 1)), tolerance=1e-8, most_iterations=7)


@pytest.mark.parametrize(
    "step", [lambda x: 1 / (x - x), lambda x: np.exp(800 * x), lambda x: np.log(-x)]
)
def test_a_step_out_of_the_numbers_is_told_without_warnings(step):
    with pytest.raises(ConvergenceError, match=r"found (inf|nan) in the last of 1 iterations"):
        solve_fixed_points(step, np.ones((2, 1)), tolerance=1e-8, most_iterations=7)
