"""The lesson on input-output: truths computed another way, simulators, and wrong answers."""

import functools

import numpy as np
import pandas as pd
import pytest

from research.data import load_table
from research.jobs import jobs_of
from research.jobs.io import load_io_table
from research.jobs.ladder import load_ladder
from research.teach.lessons import input_output as lesson

check = lesson.check
FLOWS = np.array([[40, 90, 20], [20, 100, 40], [30, 60, 110]], dtype=float)
OUTPUT, JOBS, IMPORTED = np.array([[200, 400, 500], [400, 1000, 5000], [0.5, 0.3, 0.1]])


def rounds(A, f, number=400):
    """Add the rounds up one by one; no inverse and no solver."""
    made, total = np.array(f, dtype=float), np.array(f, dtype=float)
    for _ in range(number):
        made = A @ made
        total = total + made
    return total


def real_rounds():
    """Output of a million of building, round by round from Make and Use: no requirements."""
    table = load_io_table()
    U, V = table.use.to_numpy(), table.make.to_numpy()
    U = U - table.imports.to_numpy()
    g, q = V.sum(axis=1), V.sum(axis=0)
    made_to_order = ~table.commodities.isin(table.scrap)
    D = np.where(made_to_order, V / np.where(q == 0, 1, q), 0)
    W = D / (1 - V[:, ~made_to_order].sum(axis=1) / g)[:, None]
    return rounds(W @ (U / g), W @ (table.commodities == "23"))


def terminal(values):
    """Jobs per million of a terminal for values in the order of the table, by rounds."""
    A, W, _ = lesson.real_economy()
    mix = load_table("jobs/cost_mix").loc["energy terminal"].loc["capital", "share"]
    return np.asarray(values) @ rounds(A.to_numpy(), W[mix.index].to_numpy() @ mix.to_numpy())


def by_code():
    jobs = 1000 * load_table("jobs/employees_2021_thousand")["employees_2021_thousand"]
    return (jobs / lesson.count_year()[0]).loc[load_io_table().industries]


def test_answers_are_those_of_rounds_counted_by_hand():
    A, dollar = FLOWS / OUTPUT, [0, 1, 0]
    home = (1 - IMPORTED)[:, None] * A
    assert check.passes("q1", 40 / 500)
    assert check.passes("q3", rounds(A, dollar).sum())
    assert check.passes("q4", JOBS / OUTPUT @ rounds(home, dollar))
    assert check.passes("q5", real_rounds().sum())
    assert check.passes("q5_jobs", lesson.real_economy()[2].to_numpy() @ real_rounds())


def test_the_file_is_found_and_mended_by_division_of_official_figures():
    ratios = by_code()
    np.testing.assert_allclose(lesson.jobs_file(), ratios[sorted(ratios.index)], rtol=1e-12)
    assert check.passes("q7", 100 * (terminal(lesson.jobs_file()) / terminal(ratios) - 1))
    assert check.passes("q7", 17)  # the size of the error of a published model
    output, sector, official = lesson.count_year()
    counted = dict.fromkeys(official.index, 0.0)
    for place, code in enumerate(load_io_table().industries):
        counted[sector[code]] += lesson.jobs_file()[place] * output[code]
    assert check.passes("q6", max(counted, key=lambda one: abs(counted[one] - official[one])))
    assert official.sum() == pytest.approx(output @ ratios)


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_a_simulated_economy_has_the_output_that_it_was_built_with(seed):
    A, f, x = lesson.simulated_economy(seed)
    np.testing.assert_allclose(rounds(A.to_numpy(), f), x)
    if seed == 1:
        assert check.passes("q2", rounds(A.to_numpy(), f)[-1])


def test_a_town_has_the_net_jobs_that_its_chances_say():
    found = []
    for seed in range(40):
        town = lesson.two_worlds(seed)
        found.append((town != "no work").sum().diff().iloc[-1])
        assert (town == "on the project").sum().tolist() == [600, 1500]
    assert np.mean(found) == pytest.approx(900 * (0.25 + 0.75 * 0.25), rel=0.02)
    full = lesson.two_worlds(taken=1.0, refilled=0.0)
    assert (full != "no work").sum().nunique() == 1  # full employment: no net job
    assert (lesson.two_worlds(taken=0.0) != "no work").sum().diff().iloc[-1] == 900


def test_net_jobs_are_the_product_of_means_where_nothing_is_cut_off():
    low, central, high = load_ladder().table.loc[lesson.rungs_drawn().columns].to_numpy()[:, :3].T
    new, displaced, _ = ((low + 4 * central + high) / 6).astype(float)
    assert lesson._net(lesson.rungs_drawn(), 0) == pytest.approx(1000 * new * (1 - displaced), 0.01)
    each = [
        1000 * a * (1 - c) * max(0, 1 - 5 * r)
        for a, c, r in lesson.rungs_drawn().itertuples(index=False)
    ]
    draws = lesson.rungs_drawn()
    draws *= 0  # students may change theirs
    assert check.passes("q9", sum(each) / len(each))


@functools.cache
def wrong_answers():
    A = FLOWS / OUTPUT
    home, e, dollar = (1 - IMPORTED)[:, None] * A, JOBS / OUTPUT, [0, 1, 0]
    someones_A, f, _ = lesson.simulated_economy(1)
    town = lesson.two_worlds()
    on, before = town["with the deal"] == "on the project", town["without the deal"]
    draws = lesson.rungs_drawn()
    a, c, r = (draws[one] for one in draws)
    ratios, file, survey = by_code(), lesson.jobs_file(), lesson.real_economy()[2]
    codes, W, building = survey.index, lesson.real_economy()[1], (survey.index == "23") * 1.0
    names = load_table("jobs/bea_codes").query("kind == 'industry'").set_index("code")["name"]
    named = pd.Series(file, sorted(codes, key=names.get))[codes]
    asked = W @ load_table("jobs/cost_mix").loc["energy terminal"].loc["capital", "share"].reindex(
        W.columns, fill_value=0
    )
    return [
        ("q1", 60 / 400, "rows and columns exchanged"),
        ("q1", 40 / 400, "seller's output"),
        ("q1", 8.0, "per cent for a share"),
        ("q2", rounds(someones_A.to_numpy().T, f)[-1], "transposed"),
        ("q3", rounds(A.T, dollar).sum(), "row"),
        ("q2", (f + someones_A @ f).iloc[-1], "one round"),
        ("q4", e @ rounds(A, dollar), "imports counted"),
        ("q4", (e * (1 - IMPORTED)) @ rounds(A, dollar), "after the rounds"),
        ("q4", 2.5 * rounds(home, dollar).sum(), "jobs per dollar of Machines"),
        ("q5", rounds(lesson.real_economy()[0].to_numpy(), building).sum(), "industry's column"),
        ("q5_jobs", survey @ W["23"], "direct jobs alone"),
        ("q6", "real estate", "per cent"),
        ("q7", 100 * (terminal(ratios) / terminal(file) - 1), "wrong figure below"),
        ("q7", 100 * (file @ asked / (ratios @ asked) - 1), "direct jobs alone"),
        ("q7", 100 * (terminal(file) / terminal(named) - 1), "names"),
        ("q8", on.sum().item(), "gross jobs"),
        ("q8", (on & (before != "on the project")).sum().item(), "planned anyway"),
        ("q8", (on & (before == "no work")).sum().item(), "those hired from no work"),
        ("q9", 1000 * 0.4 * 0.4 * 0.5, "central values"),
        ("q9", 1000 * a.mean() * (1 - c.mean()) * (1 - 5 * r.mean()), "mean of each rung"),
        ("q9", (1000 * a * (1 - c)).mean(), "later years"),
        ("q9", (1000 * a * (1 - c) * (1 - 5 * r)).mean(), "less than nothing"),
    ]


@pytest.mark.parametrize("number", range(22))
def test_a_wrong_answer_is_told_its_slip(number):
    question, value, hint = wrong_answers()[number]
    is_right, words = check._verdict(question, value)
    assert not is_right
    assert hint in words


def test_what_the_text_says_of_the_terminal_stands_in_the_table():
    known = load_table("deal/projects").loc["Texas GulfLink deepwater crude terminal"]
    assert (known["status"], known["announced_jobs"]) == ("selected", "none found")
    assert int(known["round"]) == 1
    ranges = load_ladder().table.loc[["financed_share", "additional_share", "delay_years"]]
    drawn = ranges[["low", "central", "high"]].T.to_dict("list")
    asked = {"bn_usd": known["amount_bn_usd"], "state": "Texas"}
    full = {one.id: one.value for one in jobs_of("energy terminal", **asked).findings()}
    net = jobs_of("energy terminal", **asked, rungs=drawn).findings()[0]
    assert 2000 < full["jobs_of.gross_best_year"] < 3000
    assert 24 < full["jobs_of.permanent_staff"] < 60
    assert net.low < 20 < 24 < net.value < 60 < net.high < 120
