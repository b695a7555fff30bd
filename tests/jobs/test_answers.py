"""One project in one call: equal to the model by hand, to plain numpy, and refused where wrong."""

import numpy as np
import pandas as pd
import pytest

from research.errors import InputError
from research.jobs import jobs_of, load_ladder, matrix_table, own_economy, run
from research.jobs.projects import Kinds, portfolio

from .test_one_project import PROJECT, one_project

SAME = 1e-9

# An economy of three industries with one place, written down.
NAMES = ["23", "machines", "services"]
A = np.array([[0.02, 0.01, 0.03], [0.10, 0.20, 0.05], [0.15, 0.10, 0.20]])
JOBS, PAY = np.array([4.0, 2.0, 6.0]), np.array([0.40, 0.30, 0.50])
BASKET, IMPORTED = np.array([0.1, 0.3, 0.6]), np.array([0.0, 0.5, 0.1])
MIX = {"capital": np.array([0.5, 0.4, 0.1]), "operation": np.array([0.2, 0.3, 0.5])}


def kinds():
    """Give a kind of project of one's own as arguments: a figure for each quantity, and mixes."""
    figures = {"build_years": 2.0, "staff_per_bn_usd": 50.0, "operating_cost_share": 0.05,
               "land_share": 0.01, "contingency_share": 0.04}  # fmt: skip
    rows = {("battery plant", name): [x] * 3 for name, x in figures.items()}
    templates = pd.DataFrame.from_dict(rows, orient="index", columns=["low", "central", "high"])
    templates.index = pd.MultiIndex.from_tuples(templates.index)
    shares = {("battery plant", phase, name): share for phase, mix in MIX.items()
              for name, share in zip(NAMES, mix, strict=True)}  # fmt: skip
    staff = {"battery plant": "machines"}
    return {"templates": templates, "mixes": pd.Series(shares), "staff_industry": staff}


def small_economy(**matrix):
    series = {name: pd.Series(x, NAMES) for name, x in (("pay", PAY), ("basket", BASKET))}
    table = matrix_table(**(matrix or {"inputs": pd.DataFrame(A, NAMES, NAMES)}), **series)
    imported = pd.Series(IMPORTED, NAMES)
    return own_economy(table, pd.Series(JOBS, NAMES), imported=imported)


@pytest.fixture(scope="module")
def fab():
    return jobs_of("semiconductor fab", bn_usd=10, state="Ohio", draws=50)


def test_the_draws_are_those_of_the_model_run_by_hand():
    line = portfolio("announced", "mou_sectors").lines.loc[PROJECT]
    asked = {"bn_usd": line["amount_bn_usd"], "start_year": line["start_year"], "state": "Ohio"}
    ladder = load_ladder()
    free = ladder.table[["low", "central", "high"]].T.to_dict("list")
    ours = jobs_of("gas power", **asked, rungs=free, draws=40, seed=7).draws
    theirs = run(one_project("FLQ", 0.3), ladder.draw(40, np.random.default_rng(7)))
    np.testing.assert_allclose(ours.gross, theirs.gross, rtol=SAME)
    np.testing.assert_allclose(ours.net_state, theirs.net_state, rtol=SAME, atol=SAME)


@pytest.mark.parametrize("published", ["inputs", "inverse"])
def test_gross_jobs_are_leontiefs_inverse_times_jobs_times_spending(published):
    """Plain numpy: an inverse, a household's geometric series, a bill of goods."""
    L = np.linalg.inv(np.eye(3) - A)
    matrix = {published: pd.DataFrame(A if published == "inputs" else L, NAMES, NAMES)}
    fixed = {
        "import_factor": 1.5, "consumption_share": 0.8, "leak": 0.25, "inflation_pct": 0.0,
        "productivity_growth_pct": 1.0, "staff_factor": 1.0, "build_time_position": 0.5,
        "operation_position": 0.5, "site_work_factor": 1.0,
    }  # fmt: skip
    ours = jobs_of(
        "battery plant", bn_usd=3, start_year=2027.0, years=(2026, 2032), rungs=fixed, draws=1,
        economy=small_economy(**matrix), **kinds(),
    )  # fmt: skip
    home = 1 - np.minimum(1, 1.5 * IMPORTED)
    interest = 0.048 * 2 / 2
    buys = 1 - 0.01 - 0.04 - interest / (1 + interest)
    c, rho = 0.8 * 0.75, PAY @ L @ BASKET
    wage = PAY.sum() / JOBS.sum()
    for year, built, runs in ((2027, 0.5, 0), (2028, 0.5, 0), (2029, 0, 1), (2032, 0, 1)):
        bill = 3000 * (buys * built * MIX["capital"] + 0.05 * runs * MIX["operation"]) * home
        fade, staff = 1.01 ** (2025 - year), 3 * 50 * runs
        induced = (JOBS @ L @ BASKET) * c / (1 - c * rho) * (PAY @ L @ bill + wage * staff)
        expected = fade * (JOBS @ L @ bill + induced) + staff
        assert ours.by_year.at[year, "gross"] == pytest.approx(expected, rel=SAME), year
    assert ours.by_year["gross"].loc[2026] == 0
    assert ours.draws.permanent[0] == pytest.approx(150)


def test_more_money_brings_as_much_more_and_another_state_moves_it(fab):
    double = jobs_of("semiconductor fab", bn_usd=20, state="Ohio", draws=50)
    np.testing.assert_allclose(double.by_year["gross"], 2 * fab.by_year["gross"], rtol=SAME)
    texas = jobs_of("semiconductor fab", bn_usd=10, state="Texas", draws=50)
    np.testing.assert_allclose(texas.by_year["gross"], fab.by_year["gross"], rtol=SAME)
    assert fab.states.index[0] == "Ohio"
    assert texas.states.index[0] == "Texas"


def test_frames_add_up_and_net_is_no_more_than_gross(fab):
    years = fab.by_year
    assert (years["net"] <= years["gross"] + SAME).all()
    assert (years["gross_low"] <= years["gross_high"]).all()
    for frame in (fab.states, fab.industries):
        assert frame["gross"].sum() == pytest.approx(years["gross"].mean())
    assert fab.states["net"].sum() == pytest.approx(years["net"].mean())


def test_findings_say_what_the_frames_say_and_call_the_interval_by_its_name(fab):
    found = {one.id.removeprefix("jobs_of."): one for one in fab.findings()}
    assert found["net_mean_year"].value == pytest.approx(fab.by_year["net"].mean())
    assert found["gross_in_state"].value == pytest.approx(fab.states.at["Ohio", "gross"])
    assert all("interval from assumptions" in one.interval for one in found.values())
    words = str(fab)
    assert "10 billion USD, Ohio" in words
    assert all(one.answer in words for one in found.values())
    anywhere = jobs_of("data centre", bn_usd=1, draws=20)
    assert "jobs_of.gross_in_state" not in [one.id for one in anywhere.findings()]


@pytest.mark.parametrize("template", Kinds().names)
def test_every_kind_of_project_has_an_answer(template):
    assert jobs_of(template, bn_usd=1, state="Ohio", draws=3).findings()[1].value > 0


def test_everything_wrong_is_named_at_once_with_the_nearest():
    with pytest.raises(InputError) as raised:
        jobs_of("semi fab", bn_usd=0, state="Ohioo", start_year=2050, rungs={"leek": 1})
    text = str(raised.value)
    for words in ("Did you mean semiconductor fab?", "10,000; found 0", "Did you mean Ohio?",
                  "a year from 2026 to 2040; found 2050",
                  "Did you mean leak?"):  # fmt: skip
        assert words in text, words
    assert len(raised.value.faults) == 5


@pytest.mark.parametrize("bn_usd", [-1, float("nan"), float("inf"), "ten", None, True, 1e10])
def test_an_amount_that_is_none_is_refused(bn_usd):
    with pytest.raises(
        InputError, match="bn_usd: asked for USD billion, above zero, at most 10,000; found"
    ):
        jobs_of("data centre", bn_usd=bn_usd)


def test_own_kinds_of_projects_are_checked_at_the_door():
    own = kinds()
    templates = own["templates"].drop(("battery plant", "land_share"))
    templates.loc[("battery plant", "staff_per_bn_usd"), "low"] = 60.0
    mixes = own["mixes"].drop(("battery plant", "capital", "machines"))
    with pytest.raises(InputError) as raised:
        jobs_of("battery plant", bn_usd=1, templates=templates, mixes=mixes)
    text = str(raised.value)
    for words in ("land_share", "low <= central <= high", "staff_industry, battery plant",
                  "capital: asked for shares that add up to 1; found 0.6",
                  "'services'"):  # fmt: skip
        assert words in text, words
    with pytest.raises(InputError, match="an index of template and quantity"):
        jobs_of("data centre", bn_usd=1, templates=templates.droplevel(0))
    with pytest.raises(InputError, match="mixes: asked for a Series"):
        jobs_of("data centre", bn_usd=1, mixes=own["mixes"].unstack())


def test_a_state_that_the_own_economy_does_not_know_is_refused():
    with pytest.raises(
        InputError, match="state: asked for a state, its name written out; found 'Ohio'"
    ):
        jobs_of("battery plant", bn_usd=1, state="Ohio", economy=small_economy(), **kinds())


def test_what_has_another_form_than_asked_for_is_refused_and_not_a_crash():
    A = pd.DataFrame(0.1, NAMES, NAMES)
    for given, words in (
        ({"state": ["Ohio", "Texas"]}, "state: asked for a state, its name written out"),
        ({"rungs": ["leak"]}, "rungs: asked for a dict of figures by rung"),
        ({"economy": A}, "economy: asked for an Economy; found DataFrame"),
        ({"draws": 0}, "one value a draw"),
    ):
        with pytest.raises(InputError, match=words):
            jobs_of("data centre", bn_usd=1, **given)
    with pytest.raises(InputError, match="table: asked for one of io_table"):
        own_economy(A, pd.Series(1.0, NAMES))


def test_no_state_may_be_written_as_blank_and_nothing_is_not_minus_zero():
    late = jobs_of("data centre", bn_usd=1, state=float("nan"), start_year=2039.9, draws=50)
    assert "no state named" in str(late)
    assert "0 to 8.2 (90 %" in str(late)
    assert "\N{MINUS SIGN}0" not in str(late)
