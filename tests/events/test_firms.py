"""Why two tests of a group part, and what a firm with a short history does to them."""

import numpy as np
import pytest

from research.data import load_market, load_table
from research.events.firms import short_histories, why_apart
from research.events.study import react

SETTINGS = {"model": "market", "window": (0, 1), "estimation": (-130, -11)}

# Products and roots of a few numbers.
SAME = 1e-9


@pytest.fixture(scope="module")
def deal():
    events = load_table("deal/events").loc[["deal_announced"]]
    return react(load_market(), events, ["jp_auto", "energy", "jp_investor"], **SETTINGS)


def test_the_parts_multiply_to_kp_and_name_who_gained_least_and_most(deal):
    """Two t of 1.2 and 3.9 stood side by side without a word of why."""
    out = why_apart(deal).loc["deal_announced"]
    assert out["kp_t"].isna().tolist() == [False, False, True]  # one firm
    row, car = out.loc["jp_auto"], deal.car().query("group == 'jp_auto'").droplevel(0)
    size = car["car"] / car["se"]
    residuals = deal.residuals("deal_announced")[car.index].corr().to_numpy()
    r = residuals[~np.eye(7, dtype=bool)].mean()
    assert row["correlation"] == pytest.approx(r, rel=SAME)
    assert row["evenness"] == pytest.approx(np.sqrt(1 - r) / size.std(), rel=SAME)
    assert row["size_z"] == pytest.approx(size.mean() * np.sqrt(7 / (1 + 6 * r)), rel=SAME)
    assert row["size_z"] * row["evenness"] == pytest.approx(row["kp_t"], rel=SAME)
    assert (row["low"], row["high"]) == (car["car"].min(), car["car"].max())
    assert (row["lowest"], row["highest"]) == (car["car"].idxmin(), car["car"].idxmax())
    assert row["sd_car"] == pytest.approx(np.std(car["car"], ddof=1))
    assert row["size_z"] > 3.5 > row["portfolio_t"] - 1 > 2 > row["kp_t"]
    assert row["evenness"] < 0.4


def test_a_firm_with_a_short_history_is_named_with_its_group_without_it(deal):
    """Venture Global, 112 of 120 days, was in the group without a word: KP 1.2, without it 1.9."""
    row = short_histories(deal).squeeze()
    assert (row["asset"], row["group"], row["n"]) == ("VG", "energy", 12)
    assert (row["n_estimation"], row["n_window"]) == (112, 120)
    rest = deal.summary(groups=deal.groups.drop("VG")).loc[("deal_announced", "energy")]
    for name in ("caar", "kp_t", "portfolio_t"):
        assert row[f"{name}_without"] == rest[name]
    assert row["kp_t"].round(1) == 1.2
    assert row["kp_t_without"].round(1) == 1.9


def test_without_short_histories_and_without_groups(panel):
    drawn = panel(n_firms=5)
    assert short_histories(drawn.study()).empty
    drawn.returns.iloc[40:45, 2] = np.nan
    row = short_histories(drawn.study()).squeeze()
    assert (row["asset"], row["n_estimation"], row["n_window"]) == ("firm2", 85, 90)
    drawn = type(drawn)(drawn.returns, drawn.benchmark, drawn.events.iloc[[2]])
    assert np.isnan(short_histories(drawn.study()).squeeze()["portfolio_t_without"])
