"""The verdict, the spread and the sentences, held against plain recomputation."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from research.data import load_table
from research.errors import InputError
from research.jobs import captions, findings, frames, literature, verdict
from research.jobs.io_table import load_io_table
from research.jobs.ladder import Ladder, load_ladder
from research.jobs.model import KINDS, MONEY, JobDraws, JobsModel, jobs_model, run
from research.jobs.names import MONEY_NAMES, RUNG_NAMES, SWING_STATES
from research.jobs.rehearsal import ladder_of, rehearse
from research.jobs.sensitivity import one_at_a_time, sobol
from research.jobs.spending import spend, structures_bn
from research.reports.notebooks import NOTEBOOKS

# Two ways through the same sums in double precision.
EXACT = 1e-9

DEFAULTS = NOTEBOOKS[1].defaults()


@pytest.fixture(scope="module")
def model() -> JobsModel:
    return jobs_model(
        scenario="pledge",
        rest_rule="mou_sectors",
        years=(2026, 2040),
        price_year=2025,
        method="FLQ",
        delta=0.3,
    )


@pytest.fixture(scope="module")
def ladder() -> Ladder:
    return load_ladder()


@pytest.fixture(scope="module")
def draws(model: JobsModel, ladder: Ladder) -> JobDraws:
    return run(model, ladder.draw(600, np.random.default_rng(7)))


def test_chances_are_plain_shares(draws: JobDraws) -> None:
    table = verdict.chances(draws, SWING_STATES, (20_000, 50_000))
    rows = table.set_index(["count", "where", "threshold"])
    swing = [list(draws.states).index(state) for state in SWING_STATES]
    by_hand = {
        ("gross, best year", "all states"): [max(year.sum() for year in d) for d in draws.gross],
        ("gross", "all states"): [sum(d) for d in draws.gross_state],
        ("net, best year", "all states"): [max(d) for d in draws.net],
        ("net", "all states"): [sum(d) for d in draws.net_state],
        ("gross", "swing states"): [sum(d[i] for i in swing) for d in draws.gross_state],
        ("net", "swing states"): [sum(d[i] for i in swing) for d in draws.net_state],
    }
    for key, jobs in by_hand.items():
        for threshold in (20_000, 50_000):
            share = sum(one >= threshold for one in jobs) / len(jobs)
            assert rows.loc[(*key, threshold), "probability"] == pytest.approx(share, abs=EXACT)
    p = rows["probability"]
    assert rows["standard_error"].to_numpy() == pytest.approx(np.sqrt(p * (1 - p) / 600))
    assert (p.xs(50_000, level="threshold") <= p.xs(20_000, level="threshold")).all()


def test_face_value_spends_the_whole_pledge_and_displaces_nobody(
    model: JobsModel, ladder: Ladder
) -> None:
    face = run(model, verdict.face_value(ladder))
    money = dict(zip(MONEY, face.money_bn[0], strict=True))
    assert [money[name] for name in ("pledged", "selected", "financed", "additional")] == [
        pytest.approx(550)
    ] * 4
    assert face.net[0] == pytest.approx(face.gross[0].sum(axis=1))


def test_what_is_taken_for_granted_only_adds(model: JobsModel, ladder: Ladder) -> None:
    drawn = ladder.draw(300, np.random.default_rng(3))
    table = verdict.premises(model, drawn, SWING_STATES, (30_000,)).set_index("premise")
    first = verdict.chances(run(model, drawn), SWING_STATES, (30_000,))
    nation = first[first["where"] == "all states"].set_index("count")["probability"]
    nation = nation[["gross, best year", "gross", "net"]]
    assert (table.loc["all rungs drawn", nation.index] == nation).all()
    assert list(table.index) == [*verdict.PREMISES, verdict.TOGETHER]
    steps = table.loc[list(verdict.PREMISES), ["gross, best year", "gross", "net"]].diff()
    assert (steps.dropna() >= 0).all(axis=None)


def test_what_is_selected_much_may_be_paid_much(model: JobsModel, ladder: Ladder) -> None:
    """The shares keep their own draws, in one order: the far end is reached more often."""
    drawn = ladder.draw(2000, np.random.default_rng(5))
    table = verdict.premises(model, drawn, SWING_STATES, (90_000,)).set_index("premise")
    best = table["gross, best year"]
    assert best[verdict.TOGETHER] > best["all rungs drawn"] > 0


def test_job_years_are_sums_over_years_and_kinds(draws: JobDraws) -> None:
    table = verdict.job_years(draws, (300_000,))
    sums = [one.sum() for one in draws.gross]
    assert table.at["gross", "mean"] == pytest.approx(np.mean(sums))
    assert table.at["gross", 300_000] == np.mean([one >= 300_000 for one in sums])
    assert table.at["net", "mean"] == pytest.approx(np.mean([one.sum() for one in draws.net]))


def test_rules_for_the_rest_are_models_of_their_own(ladder: Ladder) -> None:
    settings = {
        "scenario": "pledge",
        "years": (2026, 2040),
        "price_year": 2025,
        "method": "SLQ",
        "delta": 0.0,
    }
    central = {name: np.array([value]) for name, value in ladder.central().items()}
    table = verdict.by_rule(settings | {"rest_rule": "mou_sectors"}, central).set_index("rule")
    one = run(jobs_model(**settings, rest_rule="expressions"), central)
    assert table.at["expressions", "gross"] == pytest.approx(one.mean_gross()[0] / 1_000)
    named = verdict.by_rule(settings | {"scenario": "named", "rest_rule": "mou_sectors"}, central)
    assert named["rule"].tolist() == ["no rest"]


def test_only_construction_is_held_against_construction(model: JobsModel, ladder: Ladder) -> None:
    face = verdict.face_value(ladder)
    best = verdict.best_building_bn(model, face)[0]
    everything = spend(model, face).capital.sum(axis=(0, 1)).max() / 1_000
    assert 0.2 * everything < best < 0.6 * everything
    table = load_io_table()
    assert structures_bn(table, 2025) > structures_bn(table) == structures_bn(table, 2023)


def test_job_years_per_million_are_those_of_the_draws(draws: JobDraws) -> None:
    table = verdict.job_years_per_musd(draws)
    built = draws.money_bn[:, MONEY.index("built")]
    each = [d[:, :3].sum() / (1_000 * b) for d, b in zip(draws.gross, built, strict=True)]
    assert table.iloc[0]["median"] == pytest.approx(np.median(each))
    assert table["mean"].is_monotonic_decreasing


def test_sobol_of_a_product_has_its_textbook_indices(model: JobsModel) -> None:
    """Y = A B with independent A and B: S_A = Var(A) E(B)^2 / Var(Y), the rest is interaction."""
    keep = {"selected_share": None, "financed_share": None}
    fixed = {n: v for n, v in load_ladder().central().items() if n not in keep}
    ladder = load_ladder(fixed | {"selected_share": {"low": 0.3, "central": 0.5, "high": 0.9}})
    found = sobol(
        model, ladder, lambda d: d.money_bn[:, MONEY.index("financed")], n_base=4096, seed=1
    )
    fine = ladder.at(np.tile(np.linspace(0.5e-5, 1 - 0.5e-5, 100_000)[:, None], len(ladder.names)))
    a, b = fine["selected_share"], fine["financed_share"]
    va, vb, ma, mb = a.var(), b.var(), a.mean(), b.mean()
    total = va * mb**2 + vb * ma**2 + va * vb
    # Sampling error of the indices at this size, seen over seeds: below 0.01.
    assert found.loc["selected_share", "first"] == pytest.approx(va * mb**2 / total, abs=0.02)
    assert found.loc["financed_share", "first"] == pytest.approx(vb * ma**2 / total, abs=0.02)
    assert found.loc["financed_share", "total"] == pytest.approx(
        (vb * ma**2 + va * vb) / total, abs=0.02
    )
    assert found["total"].is_monotonic_decreasing


def test_sobol_without_a_rung_that_varies_is_empty(model: JobsModel, ladder: Ladder) -> None:
    fixed = load_ladder(ladder.central())
    assert sobol(model, fixed, JobDraws.mean_net, n_base=8, seed=1).empty
    assert one_at_a_time(model, fixed, JobDraws.mean_net).empty
    assert findings.drivers_sentence(sobol(model, fixed, JobDraws.mean_net, n_base=8, seed=1))


def test_sobol_wants_a_power_of_two(model: JobsModel, ladder: Ladder) -> None:
    with pytest.raises(InputError, match="a power of 2; found 500"):
        sobol(model, ladder, JobDraws.mean_net, n_base=500, seed=1)


def test_one_at_a_time_is_one_run_each(model: JobsModel, ladder: Ladder) -> None:
    table = one_at_a_time(model, ladder, JobDraws.mean_net)
    central = ladder.central()
    for name in ("additional_share", "delay_years"):
        row = table.loc[name]
        for end in ("low", "high"):
            one = {key: np.array([value]) for key, value in (central | {name: row[end]}).items()}
            assert run(model, one).mean_net()[0] == pytest.approx(row[f"at_{end}"])
    widths = (table["at_high"] - table["at_low"]).abs()
    assert widths.is_monotonic_decreasing


def test_the_waterfall_adds_up(draws: JobDraws) -> None:
    steps = frames.ladder_frame(draws).set_index("label")
    kinds = steps.loc[list(KINDS), "central"].sum()
    assert kinds == pytest.approx(steps.at["gross jobs", "central"])
    left = steps.at["gross jobs", "central"] + steps.at["displaced elsewhere", "central"]
    assert left == pytest.approx(steps.at["net jobs", "central"])
    assert steps.at["displaced elsewhere", "central"] < 0
    assert list(steps.index[: len(MONEY)]) == list(MONEY_NAMES.values())


def test_every_rung_has_a_name(ladder: Ladder) -> None:
    assert set(RUNG_NAMES) == set(ladder.names)


def test_states_spread_over_methods(draws: JobDraws) -> None:
    lower = JobDraws(**{f: getattr(draws, f) for f in JobDraws.__slots__})
    object.__setattr__(lower, "gross_state", draws.gross_state * 0.5)
    table = frames.states_frame(draws, {"SLQ": lower, "FLQ": draws})
    assert table["low"].to_numpy() == pytest.approx(0.5 * table["jobs"].to_numpy())
    assert table["high"].to_numpy() == pytest.approx(table["jobs"].to_numpy())
    sentence = findings.states_sentence(table, ["Ohio", "Texas"])
    share = 100 * table.loc[["Ohio", "Texas"], "jobs"].sum() / table["jobs"].sum()
    assert f"Of the gross jobs {share:.0f} % stand in the states counted apart (2 of" in sentence


def test_exceedance_falls_from_one_to_zero(draws: JobDraws) -> None:
    curves = frames.exceedance_frame(draws, SWING_STATES)
    for _, curve in curves.groupby("series"):
        assert curve["probability"].is_monotonic_decreasing
        assert curve["jobs_thousand"].is_monotonic_increasing
        assert curve["probability"].iloc[[0, -1]].tolist() == [1, 0]
    best = curves[curves["series"] == "gross, best year, all states"]
    half = best.loc[(best["probability"] - 0.5).abs().idxmin(), "jobs_thousand"]
    assert half == pytest.approx(np.median(draws.peak_gross()) / 1_000, rel=0.02)


def test_the_claims_of_the_list_are_there() -> None:
    claims = load_table("deal/claims").loc[list(findings.CLAIMS)]
    assert claims["unit"].str.contains("jobs").all()


def test_a_project_with_a_number_of_jobs_is_counted() -> None:
    projects = load_table("deal/projects")
    assert "None of the 8 projects" in findings.claim_sentence(projects)
    told = projects.assign(announced_jobs=["2,400 (state)", *projects["announced_jobs"].iloc[1:]])
    assert "One of the 8 projects" in findings.claim_sentence(told)


def test_sentences_turn_with_the_numbers(model: JobsModel, ladder: Ladder) -> None:
    small = verdict.face_value(ladder) | {"additional_share": np.array([0.01])}
    assert "out of reach" in findings.face_value_sentence(run(model, small))
    assert "not absurd" in findings.face_value_sentence(run(model, verdict.face_value(ladder)))
    none = pd.Series({"Ohio": 10.0, "Texas": 10.0})
    trades = pd.Series({"Ohio": 1000.0, "Texas": 500.0})
    text = findings.capacity_sentence(none, trades, 0.03, 100.0, 700.0)
    assert "Texas would need 10 workers" in text
    assert "in 0 of 2 states" in text


def test_a_ladder_that_leaves_nothing_still_makes_sentences(
    model: JobsModel, ladder: Ladder
) -> None:
    none = run(model, load_ladder({"additional_share": 0.0}).draw(5, np.random.default_rng(1)))
    states = frames.states_frame(none, {"FLQ": none})
    assert findings.states_sentence(states, SWING_STATES).endswith("no job is left to place.")
    phases = frames.phases_frame(none)
    assert "There are none" in findings.job_years_sentence(phases, none, verdict.job_years(none))
    ours = verdict.job_years_per_musd(none)
    assert ours.empty
    beside = frames.literature_frame(ours)
    chips = literature.forecast_against_found()
    assert "Nothing is built here" in findings.literature_sentence(beside, chips)
    assert "nothing is built here" in captions.literature_title(beside)


def test_titles_read_the_frames(draws: JobDraws, model: JobsModel, ladder: Ladder) -> None:
    steps = frames.ladder_frame(draws)
    assert captions.ladder_title(steps).startswith("Of $550bn pledged, $")
    years = frames.years_frame(draws)
    best = years[years["series"] == "gross"].set_index("year")["median"].idxmax()
    assert f"Best year, {best}" in captions.years_title(years, 100)
    assert captions.years_title(years, 0).endswith("beyond 0")
    ours = verdict.job_years_per_musd(draws)
    beside = frames.literature_frame(ours)
    assert f"{ours['median'].iloc[0]:.1f} gross" in captions.literature_title(beside)
    drivers = frames.drivers_frame(sobol(model, ladder, JobDraws.mean_net, n_base=64, seed=1))
    assert drivers["label"].iloc[0] in captions.drivers_title(drivers)
    plants = frames.plants_frame()
    assert (plants["ratio"] > 0).all()
    assert "Foxconn" in captions.plants_alt(plants)


def test_chips_was_found_a_quarter_of_its_forecast() -> None:
    table = literature.forecast_against_found()
    assert table["ratio"].iloc[0] == 1
    assert table["ratio"].iloc[-1] == pytest.approx((43_000 + 51_000) / 2 / 185_000)


def test_rungs_of_the_notebook_become_a_ladder() -> None:
    ladder = ladder_of({"selected_share": 0.5, "delay_years": [0, 1, 2]}, "nipa_2021")
    assert ladder.central()["selected_share"] == 0.5
    assert ladder.rungs["delay_years"].high == 2
    assert (ladder.rungs["nipa_weight"].low, ladder.rungs["nipa_weight"].high) == (1, 1)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"rungs": {"selected_shares": 1}}, "selected_share"),
        ({"rungs": {"selected_share": [0.5, 0.4]}}, "one number, or low, central and high"),
        ({"rungs": {"selected_share": 1.5}}, "share, from 0 to 1"),
        ({"rungs": {"delay_years": [3, 2, 1]}}, "low <= central <= high"),
        ({"rungs": {"productivity_growth_pct": 500}}, "from -50 to 50"),
        ({"rungs": {"nipa_weight": 0.3}, "vintage": "nipa_2021"}, "Leave one of them out"),
        ({"rungs": {"selected_share": 0.3}, "scenario": "named"}, "a scenario that selects"),
        ({"price_year": 2031}, "a year from 2012 to 2025"),
        ({"mix": "by_taste"}, "one of mou_sectors"),
    ],
)
def test_parameters_that_cannot_be_modelled(change: dict[str, object], words: str) -> None:
    with pytest.raises(InputError, match=words):
        rehearse(DEFAULTS | change)


def test_all_parameters_that_are_wrong_are_named_at_once() -> None:
    with pytest.raises(InputError) as caught:
        rehearse(DEFAULTS | {"rungs": {"nothing": 1}, "price_year": 1990, "mix": "x"})
    assert len(caught.value.faults) == 3
