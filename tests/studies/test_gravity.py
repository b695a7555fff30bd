"""Gravity against closed forms, statsmodels and the exact model, whose elasticity is known."""

import itertools
import math

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm
from scipy import optimize, stats
from studies.gravity import (
    LOG_POWER,
    SEPARATED,
    estimate_elasticity,
    fixed_effects,
    ppml,
    separated,
    uninformative,
    usual_effects,
)
from studies.gravity_simulator import add_noise, simulate_panel, simulated_coverage

from research.errors import InputError
from research.tariffs.models.solver import ConvergenceError
from studies import gravity

pytest.importorskip("pyfixest", reason="needs the extra gravity")

# Weighted least squares until the deviance stands still to 1e-13: half as many digits remain.
SAME = 1e-6
# Without noise the deviance is zero at the solution, and all digits but rounding remain.
EXACT = 1e-8
THETA = 4.0


def estimate(panel, valuation="customs_value", **changes):
    return estimate_elasticity(panel, valuation=valuation, **changes)


def panel_of(rows):
    columns = ["exporter", "importer", "year", "trade_musd", "rate_share"]
    return pd.DataFrame(rows, columns=columns)


def flows(n, seed):
    rng = np.random.default_rng(seed)
    names = [f"c{k}" for k in range(n)]
    x = rng.gamma(1, 1, (n, n)) + 0.05 + np.diag(rng.gamma(3, 1, n) * n)
    return pd.DataFrame(1000 * x, names, names)


def rates(like, seed):
    values = np.random.default_rng(seed).uniform(0, 0.3, like.shape)
    return pd.DataFrame(values * (1 - np.eye(len(like))), *like.axes)


def world(n=6, years=3, seed=1, theta=THETA):
    """Give the exact panel of a random world whose tariffs change every year."""
    trade = flows(n, seed)
    return simulate_panel(
        trade, {2018 + y: rates(trade, seed + y) for y in range(years)}, theta=theta
    )


@pytest.fixture(scope="module")
def exact():
    return world()


@pytest.fixture(scope="module")
def noisy(exact):
    return add_noise(exact, noise_cv=0.3, zero_share=0.4, seed=4)


# Closed forms


def one_taxed_flow():
    """One year in which a takes a tariff from x; the flow without it has a closed form."""
    trade = pd.DataFrame(
        [[20.0, 50.0, 30.0], [40.0, 10.0, 60.0], [80.0, 25.0, 15.0]], list("xyz"), list("abc")
    )
    rows = [
        (i, n, 2024, trade.loc[i, n], 0.25 * ((i, n) == ("x", "a")))
        for i, n in itertools.product(trade.index, trade.columns)
    ]
    row, column = trade.loc["x"].sum() - 20, trade["a"].sum() - 20
    return panel_of(rows), row * column / trade.loc[["y", "z"], ["b", "c"]].to_numpy().sum()


def test_one_taxed_flow_has_the_answer_of_quasi_independence():
    """All other flows are fitted as if the taxed one were missing: row times column over rest."""
    panel, untaxed = one_taxed_flow()
    found = estimate(panel)
    assert found.coefficient == pytest.approx(math.log(20 / untaxed) / math.log(1.25), abs=EXACT)
    assert (found.n, found.n_clusters) == (9, 9)


def two_by_two_by_two():
    """Four flows in two years, one of them taxed in the second; others that tell nothing of it."""
    before, after = [10.0, 7.0, 4.0, 9.0], [6.0, 8.0, 5.0, 7.0]
    rows = []
    for year, values, rate in ((2018, before, 0.1), (2019, after, 0.35)):
        pairs = itertools.product("xy", "ab")
        rows += [
            (i, n, year, v, rate * (i + n == "xa")) for (i, n), v in zip(pairs, values, strict=True)
        ]
    rng = np.random.default_rng(2)
    rows += [
        (i, n, year, rng.uniform(1, 9), 0.0)
        for i, n, year in itertools.product("uvw", "def", (2018, 2019))
    ]

    def log_odds(values):
        return math.log(values[0] * values[3] / (values[1] * values[2]))

    change = log_odds(after) - log_odds(before)
    return panel_of(rows), change / (math.log(1.35) - math.log(1.1))


def test_two_exporters_two_importers_two_years_have_the_answer_of_log_odds_ratios():
    panel, coefficient = two_by_two_by_two()
    found = estimate(panel)
    assert found.coefficient == pytest.approx(coefficient, abs=EXACT)


# The models' elasticities


@pytest.mark.parametrize(
    ("valuation", "added"), [("customs_value", 1.0), ("tariff_inclusive", 0.0)]
)
def test_elasticities_follow_from_the_coefficient_and_what_the_flows_are(noisy, valuation, added):
    found = estimate(noisy, valuation, level=0.1)
    low, high = found.table.loc[LOG_POWER, ["low", "high"]]
    assert found.theta == pytest.approx(-found.coefficient - added)
    assert found.theta_interval == pytest.approx((-high - added, -low - added))
    half = stats.t.ppf(0.95, found.n_clusters - 1) * found.se
    assert (low, high) == pytest.approx((found.coefficient - half, found.coefficient + half))


def test_both_valuations_give_the_same_theta_of_the_exact_model(exact):
    spending = exact.assign(trade_musd=exact["trade_musd"] * (1 + exact["rate_share"]))
    found = [estimate(exact).theta, estimate(spending, "tariff_inclusive").theta]
    assert found == pytest.approx([THETA] * 2, abs=EXACT)
    assert estimate(spending).theta == pytest.approx(THETA - 1, abs=EXACT)


# Independent recomputation


def by_statsmodels(panel, controls=()):
    """Fit with what the dummies of all effects span; the sandwich with G/(G-1) alone."""
    kinds = fixed_effects(panel, usual_effects(panel))
    dummies = np.hstack([pd.get_dummies(kinds[kind], dtype=float) for kind in kinds])
    left, sizes, _ = np.linalg.svd(dummies, full_matrices=False)
    log_power = np.log1p(panel["rate_share"].to_numpy())
    x = np.column_stack([log_power, panel[list(controls)], left[:, sizes > 1e-8]])
    y = (panel["trade_musd"] / panel["trade_musd"].mean()).to_numpy()
    fitted = sm.GLM(y, x, family=sm.families.Poisson()).fit(
        tol=1e-14,
        maxiter=300,
        cov_type="cluster",
        cov_kwds={"groups": _pair(panel).factorize()[0], "use_correction": False},
    )
    g, k = _pair(panel).nunique(), 1 + len(controls)
    return fitted.params[:k], fitted.bse[:k] * math.sqrt(g / (g - 1))


def outside_clusters(panel, k):
    """Count regressors and effects by year, less one a further kind, and one for all pairs."""
    sizes = [kinds.nunique() for _, kinds in fixed_effects(panel, usual_effects(panel)).items()]
    return k + sum(sizes[:2]) - (len(sizes) - 1) + (len(sizes) == 3)


@pytest.mark.parametrize("case", ["zeros", "control", "one year", "sectors"])
def test_coefficient_and_standard_error_by_statsmodels(exact, noisy, case):
    """Without effects of pairs, in one year, every flow is a cluster of its own."""
    rng, controls = np.random.default_rng(9), []
    if case == "zeros":
        panel = noisy
    elif case == "control":
        size = pd.Series(rng.normal(0, 50, len(exact)), exact.index)
        panel = add_noise(exact, noise_cv=0.2, zero_share=0, seed=1).assign(size_of_pair=size)
        controls = ["size_of_pair"]
    elif case == "one year":
        panel = exact[exact["year"] == 2019].reset_index(drop=True)
        panel = panel.assign(trade_musd=rng.gamma(4, 10, len(panel)))
    else:
        parts = {
            name: add_noise(exact, noise_cv=0.2, zero_share=0, seed=k)
            for k, name in enumerate(("food", "cars", "steel"))
        }
        panel = pd.concat([part.assign(sector=name) for name, part in parts.items()])
        panel = panel.reset_index(drop=True)
    found = estimate(panel, controls=controls)
    keys = ["exporter", "importer", "year"]
    used = (
        panel
        if case != "zeros"
        else (panel.set_index(keys).drop(found.dropped.index).reset_index())
    )
    coefficients, se = by_statsmodels(used, controls)
    n, g = len(used), found.n_clusters
    factor = (n - 1) / (n - outside_clusters(used, 1 + len(controls)))
    assert (found.n, g) == (n, _pair(used).nunique())
    assert (n < len(panel)) == (case == "zeros")
    np.testing.assert_allclose(found.table["coefficient"], coefficients, rtol=SAME)
    np.testing.assert_allclose(found.table["se"], se * math.sqrt(factor), rtol=SAME)
    assert found.small_sample_factor == pytest.approx(factor * g / (g - 1))


def uneven(n, years, spread):
    """Give flows over many orders of magnitude, home sales a thousand times larger, and zeros."""
    rng = np.random.default_rng(1)
    sizes, pairs = np.exp(rng.normal(0, spread, (2, n))), np.exp(rng.normal(0, spread, (n, n)))
    i, m, t = np.array(list(itertools.product(range(n), range(n), range(years)))).T
    noise = np.exp(rng.normal(0, 0.3, len(i))) * np.where(i == m, 1e3, 1)
    rate = rng.uniform(0, 0.3, len(i)) * (i != m)
    trade = sizes[0][i] * sizes[1][m] * pairs[i, m] * noise * (1 + rate) ** -5
    trade *= rng.random(len(i)) > 0.05
    names = {"exporter": [f"c{k}" for k in i], "importer": [f"c{k}" for k in m], "year": 2000 + t}
    return pd.DataFrame({**names, "trade_musd": trade, "rate_share": rate})


def test_a_panel_as_uneven_as_real_trade_was_a_crash():
    """The demeaning ended in a ValueError; Newton's steps on dummies give the same coefficient."""
    panel = uneven(15, 3, 2.0)
    found = estimate(panel)
    y, log_power = panel["trade_musd"].to_numpy(), np.log1p(panel["rate_share"].to_numpy())
    kinds = fixed_effects(panel, usual_effects(panel))
    x = np.column_stack([log_power, *(pd.get_dummies(kinds[k], dtype=float) for k in kinds)])
    mu = (y + y.mean()) / 2
    for _ in range(40):
        eta, root = np.log(mu), np.sqrt(mu)
        b = np.linalg.lstsq(x * root[:, None], root * (eta + y / mu - 1), rcond=1e-13)[0]
        mu = np.exp(x @ b)
    assert found.coefficient == pytest.approx(b[0], rel=SAME)


def test_a_search_that_stops_before_its_conditions_hold_goes_on(noisy, monkeypatch):
    """Next to huge flows the deviance stands still while small ones still move."""
    monkeypatch.setattr(gravity, "_DEVIANCES", (1e-2,))
    with pytest.raises(ConvergenceError, match="largest first-order condition"):
        estimate(noisy)
    monkeypatch.setattr(gravity, "_DEVIANCES", (1e-2, 1e-13))
    assert estimate(noisy).residual_share < 1e-7


def test_gravity_without_a_tariff_asked_for_a_tariff(exact):
    """Effects of countries alone, clusters and regressors by name; there is no column of rates."""
    rng = np.random.default_rng(6)
    panel = add_noise(exact, noise_cv=0.3, zero_share=0.1, seed=2).drop(columns="rate_share")
    panel = panel.assign(log_km=rng.normal(8, 1, len(panel)), far=panel["importer"] == "c1")
    panel["far"] = (panel["far"] & (panel["exporter"] == "c2")).astype(float)
    named = {"sold": panel["trade_musd"], "from": panel["exporter"], "to": panel["importer"]}
    effects, asked = [["from"], ["to"], ["year"]], ["log_km", "far"]
    given = panel.assign(**named)[[*named, "year", *asked]]
    found = ppml(given, regressors=asked, effects=effects, clusters=["year", "from"], flow="sold")
    dummies = pd.get_dummies(given[["from", "to", "year"]].astype(str), dtype=float)
    left, sizes, _ = np.linalg.svd(dummies.to_numpy(), full_matrices=False)
    x = np.column_stack([given[asked], left[:, sizes > 1e-8]])
    clusters = (given["year"].astype(str) + given["from"]).factorize()[0]
    fitted = sm.GLM(given["sold"] / 1e3, x, family=sm.families.Poisson()).fit(
        tol=1e-14,
        maxiter=300,
        cov_type="cluster",
        cov_kwds={"groups": clusters, "use_correction": False},
    )
    assert list(found.table.index) == asked
    np.testing.assert_allclose(found.table["coefficient"], fitted.params[:2], rtol=SAME)
    se = found.table["se"] / math.sqrt(found.small_sample_factor)
    np.testing.assert_allclose(se, fitted.bse[:2], rtol=SAME)
    assert found.n_clusters == len(set(clusters))


def test_intervals_hold_the_truth_about_as_often_as_they_say_and_another_never():
    panel = world(12, 2)
    panel = panel[panel["exporter"] != panel["importer"]]
    found = simulated_coverage(panel, theta=THETA, noise_cv=0.5, zero_share=0.3, replications=30)
    assert abs(found["bias"]) < 4 * found["sd"] / math.sqrt(30)
    assert found["mean_se"] == pytest.approx(found["sd"], rel=0.5)
    assert found["coverage_share"] > 0.8
    wrong = simulated_coverage(panel, theta=THETA + 3, noise_cv=0.1, zero_share=0.0, replications=5)
    assert wrong["coverage_share"] == 0
    assert wrong["bias"] == pytest.approx(-3, abs=0.5)


# What is dropped


def test_a_zero_between_countries_that_do_not_meet_otherwise_is_separated_and_named():
    """Effects of q and r may rise with those of k and l falling: only the zero binds them."""
    panel, untaxed = one_taxed_flow()
    others = [(i, n, 2024, 5.0 + (i + n == "rk"), 0.0) for i, n in itertools.product("qr", "kl")]
    found = estimate(pd.concat([panel, panel_of([*others, ("q", "a", 2024, 0.0, 0.0)])]))
    assert found.dropped.to_dict() == {("q", "a", 2024): SEPARATED}
    assert found.coefficient == pytest.approx(math.log(20 / untaxed) / math.log(1.25), abs=EXACT)


def test_a_control_that_is_there_at_zeros_alone_is_not_estimated(exact):
    embargo = (exact["year"] == 2019) & exact["exporter"].isin(["c0", "c2"])
    embargo &= exact["importer"].isin(["c4", "c5"])
    panel = exact.assign(trade_musd=exact["trade_musd"].mask(embargo, 0.0), embargo=embargo * 1.0)
    with pytest.raises(InputError, match=r"- embargo: asked for variation of its own") as error:
        estimate(panel, controls=["embargo"])
    assert len(error.value.faults) == 1
    assert len(estimate(panel).dropped) == 0


def test_the_published_example_of_separation():
    """Twelve rows, the fifth separated (example 1 of Correia, Guimaraes and Zylkin's guide)."""
    y = [0, 0, 0, 0, 0, 2, 2, 2, 2, 4, 6, 6]
    x = pd.DataFrame(
        {
            "x1": [0, 0, 0, 0, 1, 0, 0, 0, 0, 0, -3, 0],
            "x2": [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, -3, 0],
            "x3": [2, 0, 0, 4, 0, 0, 0, -2, 0, -3, 0, 0],
            "x4": [10, -2, 6, 5, 3, 3, 4, 15, -7, 15, 4, 4],
        }
    )
    effects = pd.DataFrame({"constant": [0] * 12})
    assert list(separated(pd.Series(y, dtype=float), x, effects)) == [4]


def separated_one_by_one(flows, regressors, effects):
    """Ask of every zero on its own how far its sum can rise while no flow's sum moves."""
    dummies = [pd.get_dummies(effects[kind], dtype=float) for kind in effects]
    x = np.column_stack([regressors.to_numpy(), *dummies])
    zero = (flows == 0).to_numpy()
    found = []
    for i in np.flatnonzero(zero):
        best = optimize.linprog(
            -x[i],
            A_ub=np.vstack([-x[zero], x[i]]),
            b_ub=np.r_[np.zeros(zero.sum()), 1],
            A_eq=x[~zero],
            b_eq=np.zeros((~zero).sum()),
            bounds=(None, None),
        )
        found += [flows.index[i]] if best.fun < -0.5 else []
    return found


def test_separated_zeros_are_those_found_one_by_one():
    rng = np.random.default_rng(0)
    n_separated = 0
    for draw in range(12):
        keys = itertools.product(range(4), range(4), range(1 + draw % 2))
        panel = pd.DataFrame(keys, columns=["exporter", "importer", "year"])
        y = pd.Series(rng.gamma(2, 1, len(panel)) * (rng.random(len(panel)) > 0.5))
        x = pd.DataFrame({"x": (rng.random(len(panel)) < 0.3) * 1.0})
        effects = fixed_effects(panel, usual_effects(panel))
        found = separated(y, x, effects)
        assert list(found) == separated_one_by_one(y, x, effects)
        n_separated += len(found)
        left = y.index.difference(uninformative(y, x, effects).index)
        assert separated(y[left], x.loc[left], effects.loc[left]).empty
    assert n_separated > 10


# What cannot be estimated


@pytest.mark.parametrize(
    "rate",
    [
        lambda p: p["rate_share"] * 0,
        lambda p: (p["exporter"] != p["importer"]) * 0.1,
        lambda p: p["rate_share"].where(p["year"] == 2018).groupby(_pair(p)).transform("first"),
    ],
    ids=["no tariff", "one rate", "one a pair in all years"],
)
def test_a_tariff_that_effects_explain_is_an_error(exact, rate):
    with pytest.raises(InputError, match="log_power: asked for variation of its own within"):
        estimate(exact.assign(rate_share=rate(exact)))


def _pair(panel):
    return panel["exporter"] + panel["importer"]


def test_all_that_is_wrong_with_a_panel_is_said_at_once(exact):
    """A column that is not there was a KeyError, a blank a coefficient of nothing."""
    panel = exact.assign(rta=np.nan, name="x", trade_musd=-1.0)
    with pytest.raises(InputError) as error:
        ppml(panel, regressors=["rta", "name", "km"], effects=[["exporter", "era"]], clusters=[])
    told = {fault.where: fault.found for fault in error.value.faults}
    assert list(told) == ["clusters", "km", "era", "rta", "name", "trade_musd"]
    assert told["rta"] == f"{len(panel)} of {len(panel)} rows without"
    with pytest.raises(InputError, match=r"trade_musd: asked for a flow above zero; found none"):
        estimate(exact.assign(trade_musd=0.0))
    with pytest.raises(InputError, match="rate_share: asked for a column of rates"):
        estimate(exact.drop(columns="rate_share"))
    # A misspelt valuation was taken for the other one: an elasticity off by exactly one.
    with pytest.raises(InputError, match="one of customs_value, tariff_inclusive; found 'custom"):
        estimate_elasticity(exact, valuation="custom_value")
