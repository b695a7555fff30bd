"""Directions stated before, and firms as groups of their own, held against plain recomputation."""

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm
from scipy import stats
from statsmodels.stats.multitest import multipletests

from research.data import load_table
from research.errors import InputError
from research.events import many_tests
from research.events.many_tests import stated_directions
from research.events.study import react

SETTINGS = {"model": "market", "window": (0, 1), "estimation": (-130, -11)}


def portfolio(market, group, benchmark, day):
    """Regress a group on its market with dummies for two days: t of their sum, and p above."""
    shares = market.series.index[market.series["group"] == group]
    own = market.returns[benchmark].dropna().index
    place = own.get_loc(pd.Timestamp(day))
    days = own[place - 130 : place - 10].append(own[place : place + 2])
    y = market.returns.loc[days, shares].mean(axis=1)
    x = pd.DataFrame({"a": 1.0, "m": market.returns.loc[days, benchmark]})
    # The first day has the effect d, the second car - d: car is the sum of both.
    x = x.assign(car=[0.0] * 120 + [0.0, 1.0], d=[0.0] * 120 + [1.0, -1.0])
    fit = sm.OLS(y, x).fit()
    t = fit.params["car"] / fit.bse["car"]
    return float(t), float(stats.t.sf(t, fit.df_resid))


def test_directions_equal_regressions_and_the_textbook_correction(market, events):
    """The only family was the map of all pairs: no direction, and its own hypotheses lost in it."""
    stated = load_table("deal/hypotheses").query("asked == 'yes' and group == 'jp_auto'")
    asked = events.loc[stated["event_id"]]
    found = stated_directions(react(market, asked, ["jp_auto"], **SETTINGS), stated)
    plain = [
        portfolio(market, "jp_auto", "TOPIX", f"{day:%F}") for day in asked["first_tokyo_session"]
    ]
    t = np.array([one for one, _ in plain])
    below = stated["expected_sign"].eq("-").to_numpy()
    p = np.where(below, [1 - above for _, above in plain], [above for _, above in plain])
    assert found["portfolio_t"].to_numpy() == pytest.approx(t, rel=1e-9)
    assert found["pvalue"].to_numpy() == pytest.approx(p, rel=1e-7)
    assert found["holm_pvalue"].to_numpy() == pytest.approx(multipletests(p, method="holm")[1])
    assert list(found.loc[found["holm_pvalue"] < 0.05, "event_id"]) == ["deal_announced"]


def test_a_direction_on_an_event_without_figures_has_no_p(market, events):
    stated = pd.DataFrame(
        {"event_id": ["deal_announced", "akazawa_ai_chips_round3"], "group": "jp_auto"}
    ).assign(expected_sign="+", why="")
    study = react(market, events.loc[stated["event_id"]], ["jp_auto"], **SETTINGS)
    found = stated_directions(study, stated)
    # One of two has figures, so the family is of one.
    assert found["holm_pvalue"].iloc[0] == found["pvalue"].iloc[0]
    assert found.loc[1, ["pvalue", "holm_pvalue"]].isna().all()
    # An unknown sign was tested against the direction.
    with pytest.raises(KeyError, match="up"):
        stated_directions(study, stated.assign(expected_sign="up"))


def test_a_firm_is_a_group_of_its_own_with_its_own_interval_and_quiet_dates(market, events):
    """Toyota could be seen as one of seven car makers only."""
    own = {**SETTINGS, "window": (0, 0)}
    firms = pd.Series({"7203.T": "Toyota", "6758.T": "Sony"})
    study = react(market, events.loc[["deal_announced"]], firms, **own)
    band = study.band().loc["deal_announced"]
    quiet = many_tests.placebos(market, events, firms, **own)
    ranks = many_tests.ranks(study.summary().loc["deal_announced"], quiet)
    t = study.tests(names=["portfolio_t"]).set_index("group")["statistic"]
    for name, firm in firms.items():
        car = study.car().loc[("deal_announced", name)]
        assert (band.loc[firm, "caar"], t[firm]) == pytest.approx((car["car"], car["t"]))
        larger = (quiet[firm].table["portfolio_t"].abs() >= abs(t[firm])).sum()
        assert ranks.loc[firm, "n_larger"] == larger
    assert list(ranks["n_larger"] < 10) == [True, False]
    with pytest.raises(
        InputError, match=r"firms: asked for a series of these figures; found 'TOYOTA'"
    ):
        react(market, events.head(1), pd.Series({"TOYOTA": "Toyota"}), **own)
