"""Gravity against closed forms, statsmodels and the exact model, whose elasticity is known."""

from __future__ import annotations

import itertools
import math
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm
from scipy import optimize, stats

from research.errors import InputError
from research.tariffs import gravity_fit
from research.tariffs.gravity import LOG_POWER, estimate_elasticity
from research.tariffs.gravity_panel import fixed_effects
from research.tariffs.gravity_separation import SEPARATED, separated, uninformative
from research.tariffs.gravity_simulation import add_noise, simulate_panel, simulated_coverage
from research.tariffs.solver import ConvergenceError

from .random_worlds import flows, rates

pytest.importorskip("pyfixest", reason="needs the extra gravity")

# Weighted least squares until the deviance stands still to 1e-13: half as many digits remain.
SAME = 1e-6
# Without noise the deviance is zero at the solution, and all digits but rounding remain.
EXACT = 1e-8
THETA = 4.0


def estimate(panel, valuation="customs_value", **changes):
    return estimate_elasticity(panel, valuation=valuation, **changes)


def panel_of(rows, columns=("exporter", "importer", "year", "trade_musd", "rate_share")):
    return pd.DataFrame(rows, columns=list(columns))


def world(n=6, years=3, seed=1, first_rates=1):
    """Give the exact panel of a random world whose tariffs change every year."""
    trade = flows(n, seed) * 1000
    by_year = {2018 + y: rates(trade, first_rates + y) for y in range(years)}
    return simulate_panel(trade, by_year, theta=THETA)


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
    assert list(found.fixed_effects.index) == ["exporter-year", "importer-year"]
    assert (found.n, found.n_pairs) == (9, 9)


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
    assert list(found.fixed_effects) == [10, 10, 13]


# The models' elasticities


@pytest.mark.parametrize(
    ("valuation", "added"), [("customs_value", 1.0), ("tariff_inclusive", 0.0)]
)
def test_elasticities_follow_from_the_coefficient_and_what_the_flows_are(noisy, valuation, added):
    found = estimate(noisy, valuation, level=0.1)
    low, high = found.interval
    assert found.theta == pytest.approx(-found.coefficient - added)
    assert found.theta_interval == pytest.approx((-high - added, -low - added))
    assert found.flow_elasticity == found.substitution_elasticity_sigma == 1 + found.theta
    half = stats.t.ppf(0.95, found.n_pairs - 1) * found.se
    assert (low, high) == pytest.approx((found.coefficient - half, found.coefficient + half))
    table = found.summary()
    assert (table["se"] == found.se).all()
    assert list(table["estimate"]) == pytest.approx(
        [found.coefficient, found.theta, 1 + found.theta, 1 + found.theta]
    )
    assert (table["low"] < table["estimate"]).all()
    assert (table["estimate"] < table["high"]).all()


def test_both_valuations_give_the_same_theta_of_the_exact_model(exact):
    spending = exact.assign(trade_musd=exact["trade_musd"] * (1 + exact["rate_share"]))
    found = [estimate(exact), estimate(spending, "tariff_inclusive")]
    assert [x.model_theta() for x in found] == pytest.approx([THETA] * 2, abs=EXACT)
    assert estimate(spending).theta == pytest.approx(THETA - 1, abs=EXACT)


def test_an_elasticity_of_the_wrong_sign_is_no_parameter_of_a_model():
    panel, _ = one_taxed_flow()
    found = estimate(panel.assign(trade_musd=panel["trade_musd"].where(panel.index != 0, 500.0)))
    assert found.theta < 0
    low, high = found.theta_interval
    stated = rf"found {found.theta:.3g} \({low:.3g} to {high:.3g}; customs_value flows\)"
    with pytest.raises(InputError, match=f"theta: asked for a share elasticity above 0; {stated}"):
        found.model_theta()


# Independent recomputation


def by_statsmodels(panel, controls=()):
    """Fit with what the dummies of all effects span; the sandwich with G/(G-1) alone."""
    kinds = fixed_effects(panel)
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
    sizes = [kinds.nunique() for _, kinds in fixed_effects(panel).items()]
    return k + sum(sizes[:2]) - (len(sizes) - 1) + (len(sizes) == 3)


def test_coefficient_and_standard_error_by_statsmodels(noisy):
    found = estimate(noisy)
    used = noisy.set_index(["exporter", "importer", "year"])
    used = used.drop(found.dropped.index).reset_index()
    coefficients, se = by_statsmodels(used)
    n = len(used)
    assert n == found.n < len(noisy)
    factor = (n - 1) / (n - outside_clusters(used, 1))
    assert found.coefficient == pytest.approx(coefficients[0], rel=SAME)
    assert found.se == pytest.approx(se[0] * math.sqrt(factor), rel=SAME)
    g = found.n_pairs
    assert found.small_sample_factor == pytest.approx(factor * g / (g - 1))


def test_controls_by_statsmodels(exact):
    rng = np.random.default_rng(9)
    size = pd.Series(rng.normal(0, 50, len(exact)), exact.index)
    panel = add_noise(exact, noise_cv=0.2, zero_share=0, seed=1).assign(size_of_pair=size)
    found = estimate(panel, controls=["size_of_pair"])
    coefficients, se = by_statsmodels(panel, ["size_of_pair"])
    factor = (len(panel) - 1) / (len(panel) - outside_clusters(panel, 2))
    assert list(found.table.index) == [LOG_POWER, "size_of_pair"]
    np.testing.assert_allclose(found.table["coefficient"], coefficients, rtol=SAME)
    np.testing.assert_allclose(found.table["se"], se * math.sqrt(factor), rtol=SAME)


def test_one_year_by_statsmodels(exact):
    """Without effects of pairs every flow is a cluster of its own."""
    rng = np.random.default_rng(6)
    panel = exact[exact["year"] == 2019].reset_index(drop=True)
    panel = panel.assign(trade_musd=rng.gamma(4, 10, len(panel)))
    found = estimate(panel)
    coefficients, se = by_statsmodels(panel)
    factor = (len(panel) - 1) / (len(panel) - outside_clusters(panel, 1))
    assert found.n_pairs == found.n == 36
    assert found.coefficient == pytest.approx(coefficients[0], rel=SAME)
    assert found.se == pytest.approx(se[0] * math.sqrt(factor), rel=SAME)


def by_sector(exact):
    """Three sectors in one panel, each with levels of its own."""
    return pd.concat(
        [
            add_noise(exact, noise_cv=0.2, zero_share=0, seed=k).assign(sector=name)
            for k, name in enumerate(("food", "cars", "steel"))
        ],
        ignore_index=True,
    )


def test_with_sectors_every_effect_is_one_of_its_sector(exact):
    panel = by_sector(exact)
    found = estimate(panel)
    assert list(found.fixed_effects.index) == [
        "exporter-sector-year",
        "importer-sector-year",
        "exporter-importer-sector",
    ]
    assert list(found.fixed_effects) == [54, 54, 108]
    assert (found.n, found.n_pairs) == (324, 36)
    coefficients, se = by_statsmodels(panel)
    factor = (len(panel) - 1) / (len(panel) - outside_clusters(panel, 1))
    assert found.coefficient == pytest.approx(coefficients[0], rel=SAME)
    assert found.se == pytest.approx(se[0] * math.sqrt(factor), rel=SAME)


def test_variation_left_is_that_of_least_squares(noisy):
    found = estimate(noisy[noisy["trade_musd"] > 0])
    used = noisy[noisy["trade_musd"] > 0].set_index(["exporter", "importer", "year"])
    used = used.drop(found.dropped.index).reset_index()
    kinds = fixed_effects(used)
    dummies = np.hstack([pd.get_dummies(kinds[kind], dtype=float) for kind in kinds])
    x = np.log1p(used["rate_share"].to_numpy())
    rest = x - dummies @ np.linalg.lstsq(dummies, x)[0]
    share = rest @ rest / ((x - x.mean()) ** 2).sum()
    assert found.variation_left_share[LOG_POWER] == pytest.approx(share, rel=SAME)


@pytest.mark.parametrize(
    "change",
    [
        lambda p: p.sample(frac=1, random_state=3),
        lambda p: p.assign(trade_musd=p["trade_musd"] * 1e-3),
        lambda p: p.set_axis([0] * len(p)),
        lambda p: p.replace({"exporter": {"c0": "zz"}, "importer": {"c0": "zz"}}),
        lambda p: p.assign(year=p["year"].astype(str)),
        lambda p: p.astype({"exporter": "category", "importer": "category"}),
        lambda p: p.convert_dtypes(),
    ],
    ids=["order", "unit", "index", "names", "years as text", "categories", "nullable"],
)
def test_order_unit_and_labels_do_not_matter(noisy, change):
    one, other = estimate(noisy), estimate(change(noisy))
    assert (other.coefficient, other.se) == pytest.approx((one.coefficient, one.se), rel=SAME)
    assert other.n == one.n


def test_the_panel_is_not_changed(noisy):
    before = noisy.copy()
    estimate(noisy)
    pd.testing.assert_frame_equal(noisy, before)


# The exact model, whose elasticity is known


@pytest.mark.parametrize("theta", [0.5, 4.0, 12.0])
@pytest.mark.parametrize("years", [2, 4])
def test_tariffs_to_the_model_to_gravity_and_back_to_theta(theta, years):
    trade = flows(5, 8)
    by_year = {2018 + y: rates(trade, 20 + y) for y in range(years)}
    found = estimate(simulate_panel(trade, by_year, theta=theta))
    assert found.theta == pytest.approx(theta, abs=SAME)
    assert found.residual_share < SAME


def test_a_world_that_does_not_answer_to_tariffs_alone_is_not_taken_for_one(exact):
    """Flows that fall where others' tariffs rise would give another elasticity."""
    other = exact.assign(trade_musd=exact["trade_musd"] / (1 + exact["rate_share"]))
    assert estimate(other).theta == pytest.approx(THETA + 1, abs=SAME)


# The page has 500 draws, the test 60: standard errors of 1.2 and 3.5 points near 92 %, and of 3 and
# 9 % of a standard deviation.
PAGE = (Path(__file__).parents[2] / "docs" / "methods.md").read_text(encoding="utf-8")
REPLICATIONS = 60
POINTS = 11.0
SPREAD = 0.3


def measured():
    """Years, home sales and zeros -> mean error, spread, standard error, per cent, of the page."""
    table = PAGE.split("| years | home sales |")[1].split("\n\n")[0]
    cells = [[cell.strip() for cell in line.split("|")[1:-1]] for line in table.splitlines()[2:]]
    found = {(int(c[0]), c[1], int(c[2])): [float(x) for x in c[3:]] for c in cells}
    assert len(found) == 8
    return found


def drawn(years, home, zeros, **changes):
    """Draw as the page says."""
    panel = world(20, years, seed=1, first_rates=5)
    panel = panel if home == "in" else panel[panel["exporter"] != panel["importer"]]
    settings = {"noise_cv": 0.5, "zero_share": zeros / 100, "replications": REPLICATIONS}
    return simulated_coverage(panel, **{"theta": THETA} | settings | changes)


@pytest.mark.parametrize("design", [(2, "out", 30), (2, "in", 0)])
def test_the_measured_errors_and_coverage_come_out_again(design):
    error, sd, se, per_cent = measured()[design]
    again = drawn(*design)
    assert again["bias"] == pytest.approx(error, abs=3 * again["simulation_se"])
    assert again["sd"] == pytest.approx(sd, rel=SPREAD)
    assert again["mean_se"] == pytest.approx(se, rel=0.1)
    assert again["coverage_share"] * 100 == pytest.approx(per_cent, abs=POINTS)
    assert (again["mean_dropped"] > 0) == (design[2] > 0)


def test_without_home_sales_estimates_are_centred():
    for design, (error, sd, _, per_cent) in measured().items():
        if design[1] == "out":
            assert abs(error) < 3 * sd / math.sqrt(500)
            assert per_cent > 90


def test_a_wrong_truth_is_not_held():
    found = drawn(2, "out", 0, theta=THETA + 3, noise_cv=0.1, replications=10)
    assert found["coverage_share"] == 0
    assert found["bias"] == pytest.approx(-3, abs=0.5)


def test_noise_has_the_moments_it_states(exact):
    one = exact.assign(trade_musd=1.0)
    drawn = pd.concat([add_noise(one, noise_cv=0.5, zero_share=0.3, seed=s) for s in range(200)])
    y = drawn["trade_musd"]
    assert (y == 0).mean() == pytest.approx(0.3, abs=0.01)
    assert y.mean() == pytest.approx(1, abs=0.02)
    above = y[y > 0]
    assert above.std() / above.mean() == pytest.approx(0.5, abs=0.02)


# What is dropped


def test_a_pair_without_trade_is_dropped_and_named(exact):
    pair = (exact["exporter"] == "c1") & (exact["importer"] == "c3")
    found = estimate(exact.assign(trade_musd=exact["trade_musd"].mask(pair, 0.0)))
    assert found.dropped.to_dict() == {
        ("c1", "c3", year): "all flows of its exporter-importer are zero"
        for year in (2018, 2019, 2020)
    }
    assert found.dropped_counts().to_dict() == {"all flows of its exporter-importer are zero": 3}
    assert found.n == len(exact) - 3
    assert found.theta == pytest.approx(THETA, abs=SAME)


def test_flows_alone_in_an_effect_are_dropped_and_named(exact):
    alone = (exact["exporter"] == "c1") & (exact["importer"] == "c3") & (exact["year"] > 2018)
    found = estimate(exact[~alone])
    assert found.dropped.to_dict() == {("c1", "c3", 2018): "the only flow of its exporter-importer"}
    assert (found.n, found.n_pairs) == (105, 35)


def test_dropping_goes_on_until_nothing_is_alone():
    """Importer k buys from x alone once the zeros of q are gone."""
    panel, coefficient = two_by_two_by_two()
    more = panel_of(
        [("x", "k", 2018, 3.0, 0.0), ("q", "k", 2018, 0.0, 0.0), ("q", "k", 2019, 0.0, 0.0)]
    )
    found = estimate(pd.concat([panel, more]))
    assert dict(found.dropped) == {
        ("q", "k", 2018): "all flows of its exporter-year are zero",
        ("q", "k", 2019): "all flows of its exporter-year are zero",
        ("x", "k", 2018): "the only flow of its importer-year",
    }
    assert found.coefficient == pytest.approx(coefficient, abs=EXACT)


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
    for draw in range(30):
        keys = itertools.product(range(4), range(4), range(1 + draw % 2))
        panel = pd.DataFrame(keys, columns=["exporter", "importer", "year"])
        y = pd.Series(rng.gamma(2, 1, len(panel)) * (rng.random(len(panel)) > 0.5))
        x = pd.DataFrame({"x": (rng.random(len(panel)) < 0.3) * 1.0})
        effects = fixed_effects(panel)
        found = separated(y, x, effects)
        assert list(found) == separated_one_by_one(y, x, effects)
        n_separated += len(found)
        left = y.index.difference(uninformative(y, x, effects).index)
        assert separated(y[left], x.loc[left], effects.loc[left]).empty
    assert n_separated > 30


# Bad input


def test_all_faults_of_the_panel_at_once(exact):
    panel = exact.copy()
    panel.loc[0, "trade_musd"] = -5.0
    panel.loc[1, "trade_musd"] = np.nan
    panel.loc[2, "rate_share"] = 15.0
    panel.loc[3, "rate_share"] = np.inf
    panel.loc[4, "rate_share"] = -0.1
    panel.loc[7, "rate_share"] = 0.2
    panel.loc[8, "exporter"] = None
    panel = pd.concat([panel, panel.iloc[[10]], panel.iloc[[10]]])
    with pytest.raises(InputError) as error:
        estimate(panel, "fob", level=5)
    text = str(error.value)
    for found in (
        "valuation: asked for customs_value or tariff_inclusive; found 'fob'",
        "level: asked for a share between 0 and 1; found 5",
        "trade_musd: asked for flows of zero or more; found c0 to c0, 2018: -5.0",
        "trade_musd: asked for finite figures; found c1 to c0, 2018: nan",
        "rate_share: asked for rates as shares of at most 2; found c2 to c0, 2018: 15.0",
        "rate_share: asked for finite figures; found c3 to c0, 2018: inf",
        "rate_share: asked for rates of zero or more; found c4 to c0, 2018: -0.1",
        "rate_share: asked for no rate on a country's own goods; found c1 to c1, 2018: 0.2",
        "exporter: asked for a label in every row; found nan to c1, 2018: nan",
        "trade_musd: asked for one row for each exporter, importer, year; found c4 to c1, 2018",
        "Write 15 % as 0.15",
    ):
        assert found in text
    assert len(error.value.faults) == 10


def test_missing_values_of_nullable_columns_are_named(exact):
    panel = exact.convert_dtypes()
    panel.loc[1, ["trade_musd", "rate_share"]] = pd.NA
    with pytest.raises(InputError) as error:
        estimate(panel)
    assert [str(fault).split(";")[1].split(".")[0] for fault in error.value.faults] == [
        " found c1 to c0, 2018: <NA>"
    ] * 2


def test_missing_columns_and_wrong_controls(exact):
    with pytest.raises(InputError) as error:
        estimate(exact.drop(columns=["year", "rate_share"]), controls=["gdp", "trade_musd"])
    assert [fault.asked for fault in error.value.faults] == [
        "a column year",
        "a column rate_share",
        "a column gdp",
        "other columns, each once",
    ]
    for controls, message in (
        ("size", "controls: asked for a list of column names; found 'size'"),
        (["size"], "size: asked for finite figures; found c0 to c0, 2018: nan"),
        (["name"], "name: asked for figures; found text"),
        (["size", "size"], "controls: asked for other columns, each once"),
    ):
        with pytest.raises(InputError, match=message):
            estimate(exact.assign(size=np.nan, name="x"), controls=controls)


@pytest.mark.parametrize(
    ("panel", "message"),
    [
        ([1, 2], "panel: asked for a DataFrame"),
        (panel_of([]), "panel: asked for at least one row"),
        (panel_of([("a", "b", 2020, 0.0, 0.1)]), "at least one flow above zero"),
        (panel_of([("a", "b", 2020, "much", 0.1)]), "trade_musd: asked for figures"),
        (panel_of([("a", "b", 2020, 1.0, "15 %")]), "rate_share: asked for figures"),
    ],
)
def test_no_panel(panel, message):
    with pytest.raises(InputError, match=message):
        estimate(panel)


def test_a_higher_bound_lets_a_higher_rate_in(exact):
    panel = exact.assign(rate_share=exact["rate_share"].mask(exact["rate_share"] > 0.29, 2.5))
    with pytest.raises(InputError, match="higher highest_rate_share"):
        estimate(panel)
    assert estimate(panel, highest_rate_share=3).n == len(panel)


@pytest.mark.parametrize(
    "rate",
    [
        lambda p: p["rate_share"] * 0,
        lambda p: (p["exporter"] != p["importer"]) * 0.1,
        lambda p: (
            p["importer"].map(lambda name: int(name[1]) / 50) * (p["exporter"] != p["importer"])
        ),
        lambda p: p["rate_share"].where(p["year"] == 2018).groupby(_pair(p)).transform("first"),
    ],
    ids=["no tariff", "one rate", "one an importer", "one a pair in all years"],
)
def test_a_tariff_that_effects_explain_is_an_error(exact, rate):
    with pytest.raises(InputError, match="log_power: asked for variation of its own within"):
        estimate(exact.assign(rate_share=rate(exact)))


def _pair(panel):
    return panel["exporter"] + panel["importer"]


def test_one_rate_for_all_partners_is_known_from_home_sales_alone(exact):
    """A rate by importer and year differs from the zero on own goods, and from nothing else."""
    most = exact["importer"].map(lambda name: int(name[1]) / 50) + (exact["year"] - 2018) / 10
    most = most * (exact["importer"] < "c3") * (exact["exporter"] != exact["importer"])
    panel = exact.assign(rate_share=most)
    assert estimate(panel).n == len(panel)
    with pytest.raises(InputError, match="log_power: asked for variation"):
        estimate(panel[panel["exporter"] != panel["importer"]])


def test_controls_that_repeat_each_other_are_both_named(exact):
    rng = np.random.default_rng(3)
    panel = exact.assign(one=rng.normal(size=len(exact)))
    panel = panel.assign(two=-2 * panel["one"], three=panel["year"] * 1.0)
    with pytest.raises(InputError) as error:
        estimate(panel, controls=["one", "two", "three"])
    assert [fault.where for fault in error.value.faults] == ["one", "two", "three"]


def test_a_search_that_stops_too_early_is_an_error(noisy, monkeypatch):
    monkeypatch.setattr(gravity_fit, "_MOST_ITERATIONS", 2)
    with pytest.raises(ConvergenceError, match="largest first-order condition: asked for at most"):
        estimate(noisy)


def test_too_few_rows():
    panel, _ = two_by_two_by_two()
    with pytest.raises(InputError, match="asked for more than 8 coefficients; found 8"):
        estimate(panel[panel["exporter"].isin(["x", "y"])])


def test_without_the_package_the_error_says_what_to_install(exact, monkeypatch):
    monkeypatch.setitem(sys.modules, "pyfixest", None)
    with pytest.raises(InputError, match=r"[.]venv/bin/pip install -e '[.]\[gravity\]'"):
        estimate(exact)


def test_bad_parameters_of_the_simulator(exact):
    with pytest.raises(InputError) as error:
        add_noise(exact, noise_cv=0, zero_share=1, seed=1)
    assert [fault.where for fault in error.value.faults] == ["noise_cv", "zero_share"]
    with pytest.raises(InputError, match="at least one year"):
        simulate_panel(flows(3, 1), {}, theta=THETA)
