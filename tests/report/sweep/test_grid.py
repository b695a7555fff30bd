"""What a grid stands for, and what is refused before the first run."""

import pytest

from research.errors import InputError
from research.report.notebooks import NOTEBOOKS
from research.report.plan import Request
from research.report.sweep.grid import MOST_RUNS, Plan, plan_sweep

JOBS = NOTEBOOKS[1]
DRAWN = {"sample": {"method": "latin_hypercube", "n": 8, "seed": 1}}


def sets(parameters, **more):
    plan = plan_sweep(JOBS, {"parameters": parameters, **more}, NOTEBOOKS)
    return [[one.parameters[name] for name in parameters] for one in plan.tasks]


def test_lists_and_ranges_cross_and_a_range_has_the_decimals_that_one_writes():
    steps = {"delta": {"from": 0, "to": 0.3, "step": 0.1}}
    assert sets({"seed": [1, 2], **steps}) == [
        [seed, delta] for seed in (1, 2) for delta in (0, 0.1, 0.2, 0.3)
    ]
    assert sets({"price_year": {"from": 2012, "to": 2016, "step": 2}}) == [[2012], [2014], [2016]]


def test_a_latin_hypercube_has_one_point_in_each_stratum_and_whole_numbers_take_both_ends():
    ends = {"delta": {"low": 0.2, "high": 0.6}, "price_year": {"low": 2014, "high": 2021}}
    drawn = sets(ends, **DRAWN)
    assert sorted(int((delta - 0.2) / 0.05) for delta, _ in drawn) == [*range(8)]
    assert sorted(year for _, year in drawn) == [*range(2014, 2022)]
    assert drawn == sets(ends, **DRAWN)
    assert len(sets({**ends, "mix": ["drawn", "expressions"]}, **DRAWN)) == 16
    sobol = {"sample": {"method": "sobol", "n": 8, "seed": 1}}
    assert sorted(int((delta - 0.2) / 0.05) for delta, _ in sets(ends, **sobol)) == [*range(8)]


def test_a_scenario_is_the_base_and_the_grid_wins():
    plan = plan_sweep(
        JOBS,
        {"scenario": "jobs_announced_projects", "parameters": {"seed": [1, 2]}},
        NOTEBOOKS,
    )
    assert {one.parameters["scenario"] for one in plan.tasks} == {"announced"}
    assert len({one.id for one in plan.tasks}) == 2


@pytest.mark.parametrize(
    ("parameters", "more", "parts"),
    [
        ({"sead": [1], "delta": [2]}, {}, ["Did you mean seed?", "a number below 1; found 2"]),
        ({"seed": [], "sead": [1]}, {}, ["not an empty list", "Did you mean seed?"]),
        ({"seed": [1, 1]}, {}, ["each set of parameters once; found seed 1; seed 1"]),
        ({"seed": 5}, {}, ["a list of values, {from, to, step} or {low, high}"]),
        ({"delta": {"low": 0.4, "high": 0.2}}, DRAWN, ["numbers that rise"]),
        ({"delta": {"from": 0, "to": 1, "step": 0}}, {}, ["numbers that rise"]),
        ({"seed": [1]}, DRAWN, ["a sample where a parameter has low and high, and only there"]),
        ({"delta": {"low": 0, "high": 0.5}}, {}, ["found low and high of delta alone"]),
        ({"mix": {"low": 1, "high": 2}}, DRAWN, ["mix: asked for"]),
        ({"seed": {"low": 1, "high": 3}}, DRAWN, ["each set of parameters once", "list them"]),
        ({"seed": {"from": 1, "to": MOST_RUNS, "step": 1}, "price_year": [2012, 2013]}, {},
         ["at most 100,000 runs; found 200,000"]),
        ({"seed": {"from": 0, "to": 10**12, "step": 1}}, {}, ["in at most 100,000 steps"]),
        ({"seed": [1]}, {"scenario": "deal_announced"}, ["a scenario of 02_jobs"]),
        ({"seed": [1]}, {"sampel": 1}, ["one of parameters, sample, scenario"]),
        ({"seed": {"low": 1, "high": 10**400}}, DRAWN, ["{low, high} of numbers that rise"]),
        ({}, {}, ["parameters"]),
        (5, {}, ["parameters: asked for names with values; found 5"]),
    ],
)  # fmt: skip
def test_every_fault_of_a_grid_is_named_at_once(parameters, more, parts):
    with pytest.raises(InputError) as caught:
        sets(parameters, **more)
    assert all(part in str(caught.value) for part in parts), caught.value


def test_faults_of_parameters_together_say_of_which_set():
    grid = {"model": ["many_sectors", "one_sector"], "data_year": [2011, 2023]}
    with pytest.raises(InputError, match="found model 'many_sectors', data_year 2023") as caught:
        plan_sweep(NOTEBOOKS[2], {"parameters": grid}, NOTEBOOKS)
    assert len(caught.value.faults) == 1


def test_a_file_that_is_no_grid_is_refused(tmp_path):
    for text in ("[1", "a: &a 1\nb: *a", None):
        file = tmp_path / "grid.yaml"
        if text:
            file.write_text(text)
        else:
            file.unlink()
        with pytest.raises(InputError, match=r"grid grid.yaml: asked for a YAML file"):
            plan_sweep(JOBS, file, NOTEBOOKS)


def test_what_the_figures_do_not_allow_is_known_before_a_kernel_starts(toy):
    grid = {"parameters": {"text": ["fine", "after the end"], "event_id": ["deal", "letter"]}}
    plan = plan_sweep(toy.SPECS[0], grid, toy.SPECS)
    with pytest.raises(InputError, match=r"event_id-deal__text-.*: toy: asked for figures"):
        plan.rehearse(plan.tasks)
    plan.rehearse([])


def test_runs_on_prices_of_their_own_have_inputs_of_their_own(tmp_path, monkeypatch):
    prices = tmp_path / "prices.parquet"
    prices.write_text("fetched")
    found = {"bundled": (), "yahoo": (prices,)}
    monkeypatch.setattr("research.report.manifest.source_files", found.get)
    spec = NOTEBOOKS[0]
    asked = tuple(Request(one, spec, {**spec.defaults(), "source": one}) for one in found)
    assert [len(one["files"]) for one in Plan((), {}, asked).made_from()] == [0, 1]
