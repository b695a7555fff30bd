"""The model as a whole: an economy whose truth is known, identities, directions, refusals."""

from functools import cache

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from studies.usual_jobs import usual_model

from research.errors import InputError
from research.jobs.kernels import Kernels
from research.jobs.ladder import load_ladder
from research.jobs.model import JobsModel, _site_work, jobs_model, run
from research.jobs.projects import Portfolio
from research.jobs.spending import spend

from .random_tables import rungs

# The same sums in another order.
SAME = 1e-9

# A change of a rung may move a count of jobs by rounding alone.
ROUNDING = 1e-6

NAMES = load_ladder().names

# Uniforms, one for each rung.
UNIFORMS = st.lists(st.integers(0, 1000), min_size=len(NAMES), max_size=len(NAMES))


model = cache(usual_model)


def at(uniforms):
    """Draws of all rungs from thousandths, (n, rungs) or one row."""
    return load_ladder().at(np.atleast_2d(np.array(uniforms, float)) / 1000)


@cache
def draws(n=40):
    return load_ladder().draw(n, np.random.default_rng(7))


RESULTS = ("money_bn", "gross", "net", "gross_state", "net_state", "gross_industry", "permanent")


# An economy that is known in full: builders and mills, East and West.

A = np.array([[0.05, 0.02], [0.40, 0.30]])  # what a dollar of output takes, supplier by buyer
LOCAL = (0.6, 0.9)  # share of every order that stays in East, in West
PAY = np.array([0.5, 0.3])
JOBS = np.array([[5.0, 3.0], [6.0, 2.0]])  # per USD million, two counts
BASKET = np.array([0.1, 0.7])  # the rest of what households buy is imported
IMPORTED = np.array([0.0, 0.4])
MIX = {"capital": np.array([0.6, 0.4]), "operation": np.array([0.2, 0.8])}
HOME = np.array([0.75, 0.25])
WAGE, TRADES, WORK = 0.08, np.array([40.0, 30.0]), np.array([500.0, 700.0])
ROUNDS = 60  # each is at most half of the one before


def rounds(first, state):
    """Carry orders from round to round: a share stays in the state, the rest is made elsewhere."""
    made, here, elsewhere = np.zeros((2, 2)), first, np.zeros(2)
    for _ in range(ROUNDS):
        made[:, state] += here
        made[:, 1 - state] += elsewhere
        # What has left the state stays with the others.
        elsewhere = A @ elsewhere + (1 - LOCAL[state]) * (A @ here)
        here = LOCAL[state] * (A @ here)
    return made


def toy_kernels():
    """The same economy in closed form, as kernels."""
    nation = np.linalg.inv(np.eye(2) - A)
    inside = [np.linalg.inv(np.eye(2) - share * A) for share in LOCAL]

    def output(first):
        """Industry x state of a dollar ordered in each state, (2 states, industry, state)."""
        out = np.empty((2, 2, 2))
        for s in range(2):
            out[s, :, s] = inside[s] @ first
            out[s, :, 1 - s] = nation @ first - out[s, :, s]
        return out

    cells = np.stack([np.tensordot(HOME, output(unit), 1) for unit in np.eye(2)])
    household = output(BASKET)
    site = np.array([0])
    return Kernels(
        industries=pd.Index(["23", "mills"]),
        states=pd.Index(["East", "West"]),
        groups=pd.DataFrame({"template": ["gas power"], "place": [0], "lines": [[0, 1]]}),
        group_shares=pd.DataFrame([HOME], columns=["East", "West"]),
        cells=pd.DataFrame(
            {
                "place": 0,
                "commodity": ["23", "mills"],
                "capital_import": IMPORTED,
                "operation_import": IMPORTED / 2,
            }
        ),
        capital_mix=MIX["capital"][None],
        operation_mix=MIX["operation"][None],
        direct=JOBS,
        all_state=np.einsum("vi,kis->vks", JOBS, cells),
        all_industry=np.einsum("vi,kis->vki", JOBS, cells),
        income_state=np.einsum("i,kis->ks", PAY, cells),
        site_cells=site,
        site=JOBS[:, :1, None] * HOME,
        household_state=np.einsum("vi,fit->vft", JOBS, household),
        household_industry=JOBS * (nation @ BASKET),
        rho=float(PAY @ nation @ BASKET),
        wage_musd=WAGE,
        trades=pd.Series(TRADES, ["East", "West"]),
        jobs=pd.Series(WORK, ["East", "West"]),
        staff_industry=np.array([[0.0, 1.0]]),
    )


def toy_model(years=(2026, 2032)):
    lines = pd.DataFrame(
        {
            "template": "gas power",
            "status": ["selected", "candidate"],
            "amount_bn_usd": [2.0, 1.0],
            "start_year": [2026.25, 2027.5],
        },
        index=["first", "second"],
    )
    shares = pd.DataFrame([HOME, HOME], lines.index, ["East", "West"])
    return JobsModel(Portfolio(lines, shares, "named"), years, toy_kernels())


def toy_truth(r, year):
    """Jobs of one year by kind and by state, gross and net, followed dollar by dollar."""
    build, staff_per_bn, cost = 3.5, 15.0, 0.015
    # Land, reserve, and interest of 4.8 % a year on half of the cost.
    buys = 1 - 0.005 - 0.06 - 0.084 / 1.084
    kinds, states, crew = np.zeros(6), np.zeros(2), np.zeros(2)
    fade = (1 + r["productivity_growth_pct"] / 100) ** (2025 - year)
    ratio = fade * (r["nipa_weight"] * JOBS[0] + (1 - r["nipa_weight"]) * JOBS[1])
    spent_share = r["consumption_share"] * (1 - r["leak"])
    for amount, start in ((2.0, 2026.25), (1.0, 2027.5)):
        paid_in = amount * r["financed_share"] * r["additional_share"]
        begin = start + r["delay_years"]
        u = np.clip((np.array([year, year + 1]) - begin) / build, 0, 1)
        done = np.diff(3 * u**2 - 2 * u**3)[0]
        runs = np.clip(year + 1 - begin - build, 0, 1)
        # What the money buys by the middle of building.
        paid_in /= (1 + r["inflation_pct"] / 100) ** (begin + build / 2 - 2025)
        staff = paid_in * staff_per_bn * r["staff_factor"] * runs
        more = r["site_work_factor"]
        for at_kind, phase, musd, imported, own in (
            (0, "capital", 1000 * paid_in * buys * done, IMPORTED, 0.0),
            (3, "operation", 1000 * paid_in * cost * runs, IMPORTED / 2, staff),
        ):
            on_site = more * MIX[phase][0]
            mix = np.array([on_site, 1 - on_site])
            bought = musd * mix * (1 - np.minimum(1, r["import_factor"] * imported))
            kinds[at_kind] += ratio @ bought + own
            pay = np.zeros(2)
            for s, share in enumerate(HOME):
                made = rounds(share * bought, s)
                kinds[at_kind + 1] += ratio @ (made.sum(axis=1) - share * bought)
                states += ratio @ made + share * own * np.eye(2)[s]
                pay += PAY @ made + np.eye(2)[s] * share * own * WAGE
                crew[s] += ratio[0] * share * bought[0] * (phase == "capital")
            # Each round of household spending is made where the first one was.
            for s in range(2):
                spending = spent_share * pay[s]
                for _ in range(ROUNDS):
                    made = rounds(spending * BASKET, s)
                    kinds[at_kind + 2] += (ratio @ made).sum()
                    states += ratio @ made
                    spending = spent_share * (PAY @ made).sum()
    free = r["trades_slack_share"] * TRADES
    since = max(year + 0.5 - 2026 - r["delay_years"], 0)
    left = max(1 - r["crowding_rise_share"] * since, 0)
    # Who is hired away leaves work anywhere: builders by the trades, the others by all jobs.
    builders = crew.sum() - left * np.minimum(crew, free).sum()
    others = (1 - left * (1 - r["crowding_out_share"])) * (states - crew).sum()
    net = states - builders * TRADES / TRADES.sum() - others * WORK / WORK.sum()
    return kinds, states, net


def test_an_economy_that_is_known_in_full():
    generator = np.random.default_rng(11)
    r = load_ladder().draw(2, generator) | {"build_time_position": np.full(2, 0.5)}
    r |= {"operation_position": np.full(2, 0.5), "trades_slack_share": np.array([0.5, 0.0])}
    r["crowding_rise_share"] = np.array([0.05, 0.3])  # from some year on nothing is net
    made = toy_model()
    found = run(made, r)
    for d in range(2):
        one = {name: float(values[d]) for name, values in r.items()}
        truth = [toy_truth(one, year) for year in made.calendar]
        kinds, states, net = (np.array(parts) for parts in zip(*truth, strict=True))
        np.testing.assert_allclose(found.gross[d], kinds, rtol=SAME, atol=SAME)
        np.testing.assert_allclose(found.gross_state[d], states.mean(axis=0), rtol=SAME)
        np.testing.assert_allclose(found.net[d], net.sum(axis=1), rtol=SAME, atol=SAME)
        np.testing.assert_allclose(found.net_state[d], net.mean(axis=0), rtol=SAME)
        assert (net.sum(axis=1) < kinds.sum(axis=1) - 0.1).any()


# Identities.


@pytest.mark.parametrize("scenario", ["announced", "named", "pledge"])
def test_kinds_states_and_industries_have_one_sum(scenario):
    found = run(model(scenario=scenario), draws())
    total = found.gross.sum(axis=2).mean(axis=1)
    assert (total > 0).all()
    np.testing.assert_allclose(found.gross_state.sum(axis=1), total, rtol=SAME)
    np.testing.assert_allclose(found.gross_industry.sum(axis=1), total, rtol=SAME)
    np.testing.assert_allclose(found.net_state.sum(axis=1), found.net.mean(axis=1), rtol=SAME)
    np.testing.assert_allclose(found.mean_gross(), total, rtol=SAME)
    np.testing.assert_allclose(found.mean_net(), found.net.mean(axis=1), rtol=SAME)


@given(UNIFORMS)
@settings(max_examples=25)
def test_net_is_never_more_than_gross_and_nothing_is_negative(uniforms):
    found = run(model(), at(uniforms))
    total = found.gross.sum(axis=2)
    for name in set(RESULTS) - {"net_state"}:
        assert (getattr(found, name) >= 0).all(), name
    assert (found.net <= total + ROUNDING).all()
    assert (found.net_state <= found.gross_state + ROUNDING).all()
    assert (np.diff(found.money_bn, axis=1) <= ROUNDING).all()
    assert (found.peak_gross() >= found.mean_gross() - ROUNDING).all()


def test_a_factor_beyond_every_share_leaves_what_nobody_imports():
    """All is bought at home with a factor of 0; with a huge one, what has hardly any imports."""
    made, r = model(), rungs(2, import_factor=[0, 100])
    built, at_home = run(made, r).money_bn[:, -2:].T
    assert at_home[0] == pytest.approx(built[0], rel=SAME)
    by_cell = spend(made, r).paid_bn[1] @ made.kernels.capital_mix
    imported = made.kernels.cells["capital_import"].to_numpy()
    hardly = imported < 0.01
    left = (by_cell * (1 - 100 * imported))[hardly].sum()
    assert (imported[~hardly] >= 0.01).any()
    assert at_home[1] == pytest.approx(left, rel=SAME)


def test_more_work_on_the_site_makes_room_in_the_rest_of_the_mix():
    """Cost mixes were taken as known: the share of building moves, the dollars stay."""
    made = model()
    k, mix = made.kernels, made.kernels.capital_mix
    both, tilt = _site_work(k, mix, np.array([0.7, 1.0, 1.3, 100.0]))
    building = k.cells["commodity"].isin(["23", "561", "81"]).to_numpy()
    first, change = np.split(both, 2)
    for d, factor in enumerate((0.7, 1.0, 1.3)):
        mixed = first + tilt[d][:, None] * change
        np.testing.assert_allclose(mixed.sum(axis=1), 1, rtol=SAME)
        np.testing.assert_allclose(mixed[:, building], factor * mix[:, building], rtol=SAME)
        np.testing.assert_allclose(
            mixed[:, ~building].sum(axis=1), 1 - factor * mix[:, building].sum(axis=1), rtol=SAME
        )
    np.testing.assert_allclose((first + tilt[3][:, None] * change)[:, ~building], 0, atol=SAME)


@pytest.mark.parametrize(
    ("rule", "weights"),
    [("mou_sectors", (0, 0)), ("as_announced", (1, 0.3)), ("expressions", (0, 1))],
)
def test_a_drawn_rule_at_its_ends_is_the_rule(rule, weights):
    """One rule held for all draws, whatever the rest of the pledge may be."""
    r = {name: values[:5] for name, values in draws().items()}
    names = ("rest_announced_share", "rest_expressions_share")
    r |= {name: np.full(5, float(x)) for name, x in zip(names, weights, strict=True)}
    drawn, alone = run(model(rest_rule="drawn"), r), run(model(rest_rule=rule), r)
    for name in RESULTS:
        np.testing.assert_allclose(getattr(drawn, name), getattr(alone, name), rtol=1e-8, atol=SAME)


def test_years_are_the_same_in_a_longer_horizon():
    short, long = (run(model(years=years), draws()) for years in ((2028, 2033), (2026, 2040)))
    assert short.years.tolist() == list(range(2028, 2034))
    np.testing.assert_allclose(short.gross, long.gross[:, 2:8], rtol=SAME)
    np.testing.assert_allclose(short.net, long.net[:, 2:8], rtol=SAME)


# Refusals.


def test_every_fault_of_the_settings_is_named_at_once():
    with pytest.raises(InputError) as raised:
        jobs_model(
            scenario="all",
            rest_rule="even",
            years=(2025, 2040),
            method="RAS",
            delta=1.5,
        )
    found = [str(fault) for fault in raised.value.faults]
    assert len(found) == 5
    for start, word in (
        ("years", "(2025, 2040)"),
        ("scenario", "'all'"),
        ("rest_rule", "'even'"),
        ("method", "'RAS'"),
        ("delta", "1.5"),
    ):
        assert any(line.startswith(start) and word in line for line in found), start


@pytest.mark.parametrize(
    "years", [(2040, 2026), (2026, 2061), (2026,), (2026, 2030, 2040), (2026.0, 2030), 2030, "2026"]
)
def test_a_horizon_that_is_none_is_refused(years):
    with pytest.raises(InputError, match="first and last year, from 2026 to 2060"):
        usual_model(years=years)
