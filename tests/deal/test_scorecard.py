"""The tester tested: made-up rows for each measure and fault, control rows, planted edits."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from studies.tables.claims import claims_can_be_decided

from research.data import load_table
from research.deal.ratings import agreement, rates
from research.deal.scorecard import score
from research.errors import InputError
from research.findings import Finding

DAY = date(2026, 11, 27)
CLAIMS, RESULTS, RATINGS = (
    load_table(f"deal/{name}") for name in ("claims", "claims_results", "claim_ratings")
)
ROW = {
    "kind": "fact", "evidence_kind": "data", "evidence": "a.one", "measure": "value",
    "supported": "[1,2]", "partly": "(0,4]", "quantity_low": 1.0, "quantity_high": 2.0,
    "unit": "%", "comparator": "none", "rule": "As it is.", "source_urls": "https://a.b",
    "source_tier": "primary", "made_on": pd.Timestamp("2025-01-01"),
    "knowable_on": pd.Timestamp("2025-01-01"), "control": "no", "claimant_group": "firms",
}  # fmt: skip


def rows(*given, start=0):
    made = [ROW | {"claim_id": f"one_{start + i}"} | one for i, one in enumerate(given)]
    out = pd.DataFrame(made).reindex(columns=["claim_id", *CLAIMS.columns]).set_index("claim_id")
    dates = ["made_on", "knowable_on", "due_on", "years_to"]
    return out.assign(**{name: pd.to_datetime(out[name]) for name in dates})


def finding(value, low=None, high=None, name="a.one", unit="pct", basis="data", **more):
    more |= {} if low is None else {"interval": "of draws", "low": low, "high": high}
    basis = basis if low is None else "model"
    return Finding(id=name, question="?", answer="So.", value=value, unit=unit, basis=basis, **more)


def results(*names, **more):
    about = {"unit": "pct", "report": "03_tariffs", "beside": np.nan} | more
    return pd.DataFrame([about] * len(names), [*names])


def rated(*verdicts, claim="one_0"):
    return pd.DataFrame(
        {
            "claim_id": claim,
            "rater": ["A", "B"],
            "verdict": verdicts,
            "reason": ["Is.", "Was."],
        }
    )


def judge(row, *found, ratings=RATINGS, as_of=DAY):
    found = [finding(one) if isinstance(one, float) else one for one in found]
    known = results(*{one.id for one in found})
    return score(rows(row), {x.id: x for x in found}, known, ratings, as_of=as_of).frame.iloc[0]


def evenly(low, high):
    return tuple(np.linspace(low, high, 99))


@pytest.mark.parametrize(
    ("value", "verdict"),
    [(1.0, "supported"), (2.0, "supported"), (2.01, "partly"), (4.0, "partly"),
     (4.1, "contradicted"), (0.0, "contradicted"), (0.01, "partly"), (-1.5, "contradicted"),
     (15.0, "contradicted")],
)  # fmt: skip
def test_a_number_is_held_against_bands_that_hold_their_ends_or_not(value, verdict):
    assert judge({}, value)["verdict"] == verdict


@pytest.mark.parametrize(
    ("ends", "verdict"),
    [((1, 2), "supported"), ((2.1, 3), "partly"), ((0.5, 2.5), "unproven"), ((1.5, 9), "unproven"),
     ((-9, 9), "unproven"), ((5, 9), "contradicted"), ((0.2, 0.8), "partly"),
     ((2, 3), "unproven")],
)  # fmt: skip
def test_an_interval_gives_a_verdict_only_where_all_of_it_does(ends, verdict):
    """Ends in one band say nothing where another band lies between."""
    got = judge({"evidence_kind": "model"}, finding(np.mean(ends), *ends))
    assert got["verdict"] == verdict


def test_an_interval_on_both_sides_has_its_chance_under_each_prior():
    draws = {"wide": evenly(0, 4), "low": evenly(0, 1.5)}
    got = judge({"evidence_kind": "model"}, finding(1.5, 0, 4, quantiles=draws))
    assert got["verdict"] == "unproven"
    assert got["chance_low"] == pytest.approx(1 / 4, abs=0.02)
    assert got["chance_high"] == pytest.approx(1 / 3, abs=0.02)


CHANCE = {"evidence_kind": "model", "measure": "chance", "within": "[10,)",
          "supported": "(0.5,1]", "partly": "[0.05,0.5]"}  # fmt: skip


@pytest.mark.parametrize(
    ("priors", "verdict", "chance"),
    [(((0, 12), (0, 14)), "partly", (2 / 12, 4 / 14)),
     (((9, 20), (8, 30)), "supported", (0.9, 0.9)),
     (((0, 12), (9, 20)), "unproven", (2 / 12, 0.9)),
     (((0, 9), (1, 9.9)), "contradicted", (0, 0))],
)  # fmt: skip
def test_a_chance_gives_a_verdict_only_where_it_holds_over_all_priors(priors, verdict, chance):
    draws = {str(ends): evenly(*ends) for ends in priors}
    got = judge(CHANCE, finding(5.0, 1, 9, quantiles=draws))
    assert got["verdict"] == verdict
    assert got[["chance_low", "chance_high"]].tolist() == pytest.approx(chance, abs=0.015)


PROMISE = {"kind": "promise", "evidence_kind": "data"}
MEETS = {"measure": "overlap", "supported": "[2,2]", "partly": "[1,4]"}


@pytest.mark.parametrize(
    ("row", "found", "verdict"),
    [
        # The interval meets the figure; it does not, and the central number is near; or far.
        (MEETS, (1.0, 0.5, 2.0), "supported"),
        (MEETS, (1.0, 0.5, 1.9), "partly"),
        (MEETS, (0.9, 0.5, 1.9), "contradicted"),
        ({"measure": "central"}, (1.5, -9, 9), "supported"),
        # A year's figure over two years.
        ({"measure": "value", "years_to": "2027-01-01"}, (0.6, 0.55, 0.9), "supported"),
        ({"measure": "value", "partly": np.nan, "undecided": "[0,9]"}, (3.0, 2.5, 4.0), "unproven"),
        # What lies between two ends that the bands leave out.
        ({"supported": "(1,2)", "partly": np.nan}, (1.5, 1, 2), "unproven"),
        (PROMISE, (1.5, 1.2, 1.8), "kept"),
        (PROMISE, (3, 2.5, 3.5), "in part"),
        (PROMISE, (9, 8, 10), "broken"),
        (PROMISE, (2, 1.5, 3), "open"),
        # A model is no outcome.
        (PROMISE | {"evidence_kind": "model"}, (9, 8, 10), "open"),
    ],
)  # fmt: skip
def test_other_measures_and_promises(row, found, verdict):
    assert judge({"evidence_kind": "model"} | row, finding(*found))["verdict"] == verdict


@pytest.mark.parametrize(
    ("values", "verdict"), [((1, 1), "supported"), ((1, 0), "partly"), ((0, 2), "contradicted")]
)
def test_results_are_counted_or_all_asked(values, verdict):
    names = ("a.one", "a.two")
    found = [finding(x, name=name) for x, name in zip(values, names, strict=True)]
    row = {"evidence": " | ".join(names), "measure": "count", "within": "(0,1.5)",
           "supported": "[2,2]", "partly": "[1,2)"}  # fmt: skip
    assert judge(row, *found)["verdict"] == verdict
    row |= {"measure": "value", "supported": "[1,1] | (0,1]", "partly": "[1,1] | any"}
    assert judge(row, *found)["verdict"] == verdict
    assert judge(row, *found)["results"] == names


PAPER = {"evidence_kind": "documentary", "measure": "answer"}
RATED, WEAK = {"measure": "rated"}, {"source_tier": "weak"}


def answer(low, high):
    return {"answer_low": low, "answer_high": high}


@pytest.mark.parametrize(
    ("row", "ratings", "verdict", "basis", "differ"),
    [
        (answer(1, 2), ("supported", "supported"), "supported", "documents", False),
        (answer(1, 3), ("partly", "partly"), "partly", "documents", False),
        (answer(1, 3), ("supported", "unproven"), "unproven", "documents", True),
        (answer(9, 9), ("supported", "partly"), "partly", "documents", True),
        (answer(9, 9), ("supported", "supported"), "unproven", "documents", True),
        (answer(1, 9), ("partly", "partly"), "partly", "two readings", False),
        (answer(1, 9), ("contradicted", "supported"), "unproven", "two readings", True),
        ({}, ("open", "unproven"), "open", "two readings", True),
        (RATED, ("supported", "partly"), "partly", "two readings", True),
        (RATED | {"kind": "promise"}, ("kept", "kept"), "kept", "two readings", False),
        (RATED | {"kind": "promise"}, ("stalled", "kept"), "stalled", "two readings", True),
        (RATED | WEAK, ("supported", "supported"), "unproven", "two readings", False),
        (RATED | WEAK | {"source_urls": "https://a.b | https://c.d"},
         ("supported", "supported"), "supported", "two readings", False),
    ],
)  # fmt: skip
def test_the_most_cautious_of_documents_and_ratings_counts(row, ratings, verdict, basis, differ):
    got = judge(PAPER | row, ratings=rated(*ratings))
    assert (got["verdict"], got["basis"]) == (verdict, basis)
    assert ("Readings differ" in got["reason"]) == differ


def test_a_central_case_differs_by_prior():
    row = {"evidence_kind": "model", "measure": "central"}
    draws = {"one": evenly(1, 2), "two": evenly(5, 9)}
    assert judge(row, finding(1.5, -9, 9, quantiles=draws))["verdict"] == "unproven"
    draws["two"] = evenly(0, 3.9)
    assert judge(row, finding(1.5, -9, 9, quantiles=draws))["verdict"] == "supported"


def test_nothing_is_judged_before_it_can_be_known():
    later = {"knowable_on": "2026-06-01"}
    before, after = (judge(later, 1.5, as_of=date(2026, 5, day)) for day in (1, 31))
    assert before["verdict"] == after["verdict"] == "open"
    assert before["view"] == "supported"
    card = score(rows(later, {}), {"a.one": finding(1.5)}, results("a.one"), RATINGS, as_of=DAY)
    assert card.frame["verdict"].tolist() == ["supported"] * 2
    assert card.changed[["when_made", "verdict"]].to_numpy().tolist() == [["open", "supported"]]
    # A ceiling may be broken before its day, and has held only on it.
    ceiling = {"kind": "promise", "comparator": "at most", "due_on": "2029-01-01"}
    assert [judge(ceiling, x)["verdict"] for x in (1.5, 9.0)] == ["open", "broken"]
    assert judge(ceiling | {"comparator": "about"}, 1.5)["verdict"] == "kept"


def test_a_due_forecast_has_its_error_and_an_opinion_no_verdict():
    got = judge({"kind": "forecast"}, 5.0)
    assert (got["error"], got["verdict"]) == (3.0, "contradicted")
    assert np.isnan(judge({"kind": "forecast", "knowable_on": "2030-01-01"}, 5.0)["error"])
    none = {"evidence_kind": "none", "measure": "none", "evidence": np.nan}
    got = [judge(none | {"kind": kind})["verdict"] for kind in ("opinion", "forecast")]
    assert got == ["not rated", "not testable"]


def test_what_no_model_tests_shows_the_result_beside():
    known = results("a.one", beside="a.long").combine_first(results("a.long"))
    card = score(rows({}), {"a.long": finding(2.0, name="a.long")}, known, RATINGS, as_of=DAY)
    got = card.frame.iloc[0]
    assert (got["verdict"], got["results"]) == ("not testable", ("a.long",))


BOTH = {"evidence": "a.one | a.two", "supported": "[1,2] | any", "partly": "any | [1,2]"}


def test_all_faults_come_at_once_with_row_and_next_step():
    bad = [
        ({"rule": np.nan}, "rule"), ({"source_urls": np.nan}, "source_urls"),
        ({"unit": np.nan}, "the unit of the quantity"),
        ({"supported": np.nan, "partly": np.nan}, "a band that gives a verdict"),
        ({"partly": "[1.5,3]"}, "a band that holds all of supported or none of it"),
        ({"supported": "1 to 2"}, "bands such as"), ({"supported": "[2,1]"}, "bands such as"),
        ({"partly": "any | any"}, "1 bands"),
        ({"measure": "rated"}, "one for evidence that is data"),
        (CHANCE | {"within": np.nan}, "the band whose chance"),
        (CHANCE | {"within": "[2,1]"}, "bands such as"), ({"measure": np.nan}, "a text"),
        ({"evidence": np.nan}, "a text"), ({"rule": " "}, "a text"),
        ({"quantity_high": 0.5}, "at least the low end, 1"),
        ({"quantity_high": np.nan}, "at least the low end, 1"),
        (PAPER | answer(3, 1), "at least the low end, 3"),
        ({"supported": "any", "partly": np.nan}, "a band that gives a verdict"),
        ({"measure": "value | central"}, "for each result"),
        (BOTH | {"measure": "overlap"}, "for each result"),
        (BOTH | {"supported": "(0,5] | any", "partly": "[1,3] | any"}, "a band that holds all"),
    ]  # fmt: skip
    faults = claims_can_be_decided(rows(*(row for row, _ in bad)).reset_index(), "deal/claims")
    for number, (_, asked) in enumerate(bad):
        own = [str(x) for x in faults if x.todo == f"See one_{number}."]
        assert any(asked in one for one in own), asked


def test_faults_of_evidence_name_the_report_to_run():
    model = {"evidence_kind": "model"}
    table = rows({"evidence": "a.on"}, {"evidence": "a.two"}, {"evidence": "a.six"},
                 model | {"evidence": "a.ten"}, CHANCE | {"evidence": "a.ten"}, PAPER,
                 model | {"evidence": "a.mid", "measure": "central"})  # fmt: skip
    found = [finding(1.0, name="a.six", unit="jobs"), finding(1.0, name="a.ten", basis="model")]
    found.append(finding(1.0, name="a.mid", basis="model"))
    known = results("a.one", "a.two", "a.six", "a.ten", "a.mid")
    with pytest.raises(InputError) as told:
        score(table, {x.id: x for x in found}, known, RATINGS, as_of=DAY)
    text = str(told.value)
    for part in (
        "one_0: asked for a known result; found 'a.on'. Did you mean a.one?",
        "a.two: asked for a number for one_1; found none. Run `research run 03_tariffs`.",
        "a.six: asked for the unit pct in place of jobs", "a.ten: asked for the interval",
        "a.mid: asked for the interval",
        "a.ten: asked for quantiles", "one_5: asked for two ratings; found fewer.",
    ):  # fmt: skip
        assert part in text, part


@pytest.mark.parametrize(("kind", "word"), [("fact", "kept"), ("promise", "partly"), ("fact", "x")])
def test_a_rating_in_words_of_another_kind_is_refused(kind, word):
    with pytest.raises(InputError, match=f"one_0, rater B: asked for one of .*; found '{word}'"):
        judge(PAPER | {"kind": kind}, ratings=rated("open", word))


def truth():
    """Numbers for claims, from the bundled tables."""
    returns = 100 * load_table("market/daily_returns_bp")["N225"].dropna()
    close = load_table("market/printed_levels").at[pd.Timestamp("2025-07-23"), "N225"]
    until = (1 + returns["2025-07-24":"2025-10-20"] / 100).prod()
    duties = load_table("tariffs/us_monthly_duties_and_prices")["customs_duties_musd"] / 1e3
    imports = load_table("tariffs/us_imports_2024_musd").drop(columns="TOTAL", errors="ignore")
    rounds = load_table("deal/projects").groupby("round")["amount_bn_usd"].sum()
    statutory = 100 * load_table("tariffs/japan_statutory_rate")["total_share"]
    return {
        "market.n225_close_2025_07_23": close,
        "market.n225_close_2025_10_20": close * until,
        "market.n225_return_2025_07_09": returns["2025-07-09"],
        "market.n225_return_2025_12_24": returns["2025-12-24"],
        "market.n225_return_2025_12_30": returns["2025-12-30"],
        "tariffs.customs_duties_2024": duties["2024-01":"2024-12"].sum(),
        "tariffs.customs_duties_2025_08": duties[pd.Timestamp("2025-08")],
        "tariffs.us_imports_japan_2024": imports.loc["JPN"].sum() / 1e3,
        "tariffs.statutory_rate_japan_2025_07": statutory[:"2025-07-31"].iloc[-1],
        "tariffs.statutory_rate_japan_2025_01": statutory[:"2025-01-31"].iloc[-1],
        "deal.tranche1_total_usd_bn": rounds.loc["1"],
    }


def card_of(claims, values):
    units = RESULTS["unit"].get
    found = {one: finding(float(x), name=one, unit=units(one, "pct")) for one, x in values.items()}
    return score(claims, found, RESULTS, RATINGS, as_of=DAY).frame


def test_control_rows_are_contradicted_by_the_true_figures_and_enter_no_rate():
    control = CLAIMS[CLAIMS["control"] == "yes"]
    frame = card_of(control, truth())
    assert len(frame) == 5
    assert set(frame["verdict"]) == {"contradicted"}
    assert rates(frame).empty


def test_results_name_the_claims_that_ask_for_them():
    tested = CLAIMS.loc[CLAIMS["evidence_kind"].isin(["data", "model"]), "evidence"]
    pairs = {(one, claim) for claim, ids in tested.items() for one in ids.split(" | ")}
    assert pairs == {(one, x) for one, ids in RESULTS["claims"].items() for x in ids.split()}


def test_three_verdicts_by_hand():
    """78.9 lies in [78.5, 79.5]; -0.136 % is no gain; 143.6 is imports on the other basis."""
    frame = card_of(CLAIMS.loc[["rev_02b", "nyb_01", "trd_02"]], truth())
    assert frame["verdict"].tolist() == ["supported", "contradicted", "partly"]
    assert frame["number"].tolist() == pytest.approx([78.9, -0.136, 143.6], abs=0.05)


def scaled(cell, factor):
    """Scale the bands of a row, as a claim with another figure would have them."""
    out = re.sub(r"-?\d+(\.\d+)?", lambda found: f"{float(found[0]) * factor:.10g}", str(cell))
    return re.sub(r"\[(.*),(.*)\]", r"[\2,\1]", out) if factor < 0 else out


SIGN, TEN = -1, 10
EDITS = [("trd_01", SIGN), ("auto_01", SIGN), ("auto_02b", SIGN), ("cap_01", TEN), ("trd_02b", TEN),
         ("nyb_18", TEN), ("wh_14", TEN), ("rev_02b", "customs_duties_2025_08"),
         ("tar_01", "statutory_rate_japan_2025_01"), ("auto_02", SIGN)]  # fmt: skip


@pytest.mark.parametrize(("claim", "edit"), EDITS)
def test_a_planted_edit_of_a_true_row_changes_its_verdict(claim, edit):
    """Sign, factor ten, or the figure of another date."""
    true = CLAIMS.loc[[claim]]
    assert card_of(true, truth())["verdict"].item() == "supported"
    if isinstance(edit, str):
        values = truth()
        values[true["evidence"].item()] = values[f"tariffs.{edit}"]
        frame = card_of(true, values)
    else:
        bands = scaled(true["supported"].item(), edit)
        frame = card_of(true.assign(supported=bands, partly=np.nan), truth())
    assert frame["verdict"].item() in ("contradicted", "unproven")


def test_kappa_by_hand_and_rows_that_differ():
    words = [("supported", "supported"), ("partly", "supported"), ("kept", "in part"),
             ("contradicted", "broken"), ("open", "unproven"), ("open", "open")]  # fmt: skip
    table = pd.concat([rated(*two, claim=f"r_{i}") for i, two in enumerate(words)])
    told, differing = agreement(table)
    # Steps apart: 2 of 4 rows by 1. By chance: A has 1, 1, 2 and B 1, 1, 2 of 0, 2, 3.
    by_chance = (1 * (2 + 2 * 3) + 1 * (2 + 2) + 2 * (3 + 1)) / 16
    assert told["kappa"] == pytest.approx(1 - (2 / 4) / by_chance)
    assert told[["rows", "same", "open_rows", "open_same"]].tolist() == [4, 2, 2, 1]
    assert list(differing.index) == ["r_1", "r_2", "r_4"]


def test_a_rate_needs_ten_decided_rows_and_has_wilsons_interval():
    other = {"claimant_group": "other press"}
    table = rows(*[{}] * 9, *[other] * 9, other | {"supported": "[7,8]", "partly": np.nan})
    card = score(table, {"a.one": finding(1.5)}, results("a.one"), RATINGS, as_of=DAY)
    got = rates(card.frame)
    assert got.loc["firms", "decided"] == 9
    assert np.isnan(got.loc["firms", "share"])
    p, n, z = 0.9, 10, 1.959964
    middle, half = p + z**2 / 2 / n, z * np.sqrt(p * (1 - p) / n + z**2 / 4 / n**2)
    wanted = [p, *((middle + x * half) / (1 + z**2 / n) for x in (-1, 1))]
    assert got.loc["other press", ["share", "low", "high"]].tolist() == pytest.approx(wanted)


def test_no_claim_is_named_in_the_package_but_by_lessons():
    files = Path(__file__).parents[2].joinpath("src").rglob("*.py")
    text = " ".join(x.read_text(encoding="utf-8") for x in files if "teach" not in x.parts)
    assert not {*re.findall(r"\b[a-z]+_\d\d[a-z]?\b", text)} & {*CLAIMS.index}
