"""Sets of beliefs beside each other, and the line on which a target is met."""

import numpy as np
import pytest
from studies.usual_jobs import usual_model

from research.jobs import priors
from research.jobs.ladder import load_ladder
from research.jobs.model import run


@pytest.fixture(scope="module")
def model():
    return usual_model(rest_rule="drawn")


@pytest.fixture(scope="module")
def ladder():
    return load_ladder()


def test_a_chance_is_as_wide_as_what_is_believed(model, ladder):
    """One prior gave one "chance" of 5.2 %; defensible ones give none to a fifth."""
    table = priors.by_prior(model, ladder, draws=800, seed=7)
    assert list(table.index) == list(priors.PRIORS)
    reached = table["reached_pct"]
    assert reached["new money as incentives tip it"] == 0
    assert reached["these three together, all as likely"] > 12
    order = list(priors.PRIORS)[:1] + list(priors.PRIORS)[2:5]
    assert reached[order].is_monotonic_increasing
    assert (table["plural_pct"] <= reached).all()
    assert 0 < table["plural_pct"].max() < reached.max()
    plain = run(model, ladder.draw(800, np.random.default_rng(7)))
    first = table.loc["the ranges as they stand"]
    assert first["reached_pct"] == 100 * np.mean(plain.gross.sum(axis=2).max(axis=1) >= 100_000)
    best, shown = plain.gross.sum(axis=2).max(axis=1), first[list(priors.PERCENTS)]
    for percent in priors.PERCENTS:  # as many draws lie below a quantile as it says
        assert abs((best < shown[percent]).sum() - 8 * percent) <= 1
    net = [one.mean() for one in plain.net]
    assert first[["net", "net_low", "net_high"]].to_numpy() == pytest.approx(
        [np.mean(net), *np.quantile(net, [0.05, 0.95])]
    )


def test_a_belief_leaves_alone_what_a_parameter_sets(model):
    """All money new by a parameter gave draws of 0 to 100 %: a belief put its own range there."""
    ladder = load_ladder(dict.fromkeys(("selected_share", "financed_share", "additional_share"), 1))
    table = priors.by_prior(model, ladder, draws=50, seed=7)
    left_out = set(priors.PRIORS) - set(table.index)
    assert {one for one in left_out if "together" in one or "new money" in one} == left_out
    assert len(left_out) == 4
    assert (table["reached_pct"] == 100).all()
    assert not table["net"].iloc[1:3].duplicated().any()


def test_what_incentives_tip_is_the_range_of_the_study(ladder):
    """New money in Bartik (2018) is 2 to 25 % of decisions."""
    rung = priors.believed(ladder, "new money as incentives tip it").table.loc["additional_share"]
    assert (rung.low, rung.central, rung.high) == pytest.approx((0.02, 0.135, 0.25))
    assert ladder.table.at["additional_share", "high"] == 0.8


def test_on_the_line_of_break_even_the_best_year_has_the_target(model, ladder):
    """Run again with the share that the line gives, the median draw has the target."""
    drawn = ladder.draw(41, np.random.default_rng(3))
    table = priors.break_even(model, drawn, selected=[0.5, 1.0], targets=(30_000, 60_000))
    assert table["target"].tolist() == [30_000, 30_000, 60_000, 60_000]
    for row in table.itertuples():
        at = {"selected_share": np.full(41, row.selected), "additional_share": np.full(41, row.new)}
        jobs = run(model, drawn | at).gross.sum(axis=2).max(axis=1)
        assert np.median(jobs) == pytest.approx(row.target, rel=1e-9)
        assert row.low < row.new < row.high
    assert (table.groupby("target")["new"].diff().dropna() < 0).all()
