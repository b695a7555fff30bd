"""What gegravity is timed on: one answer where the models coincide, another where not."""

from importlib.util import find_spec

import numpy as np
import pytest
from benchmarks.gravity import PEER, circle, difference, ours, peer_in_rounds, world

# Both solve to about 1e-8 or better.
SAME = 1e-7

with_peer = pytest.mark.skipif(not find_spec(PEER), reason=f"{PEER} is not installed")


@pytest.mark.parametrize("made", [world(7), circle(7)])
def test_trade_is_balanced_and_costs_move_welfare(made):
    trade, cost_hat = made
    np.testing.assert_allclose(trade.sum(axis=0), trade.sum(axis=1))
    assert (np.diag(cost_hat) == 1).all()
    assert (ours(trade, cost_hat)() < 1 - 1e-5).all()


def test_on_the_circle_welfare_is_that_of_the_home_share():
    # Equal countries keep their wages: welfare is the price index alone.
    trade, cost_hat = circle(7)
    shares = trade / trade.sum()
    price = (shares * cost_hat**-4.0).sum() ** (-1 / 4.0)
    np.testing.assert_allclose(ours(trade, cost_hat)(), 1 / price, rtol=SAME)


@with_peer
@pytest.mark.filterwarnings("default")
@pytest.mark.parametrize("made", [world(7), circle(6)])
def test_rounds_end_at_exact_changes(made):
    assert difference(peer_in_rounds(*made), ours(*made)) <= SAME
