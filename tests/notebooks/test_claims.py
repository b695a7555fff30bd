"""The notebook of claims: its counts again from its own file, and what may be asked of it."""

import io
from collections import Counter

import pandas as pd
import pytest

from research.cards import MIME
from research.findings import bundle_of
from research.report.notebooks import NOTEBOOKS, check_parameters

SPEC = next(spec for spec in NOTEBOOKS if spec.name == "05_claims")


@pytest.fixture(scope="module")
def told():
    """What the cells show as cards: all of them, and the table beside the page."""
    outputs = [out["data"] for cell in SPEC.cells() for out in cell.get("outputs", [])]
    return [data[MIME] for data in outputs if MIME in data]


def test_the_first_sentence_counts_the_claims_of_the_file_beside_the_page(told):
    claims = pd.read_csv(io.StringIO(told[0]["csv"]), index_col=0)
    words = Counter(claims.query("in_article == 'yes'")["verdict"])
    stand, fail = words["supported"] + words["kept"], words["contradicted"] + words["broken"]
    between = words["partly"] + words["in part"] + words["unproven"] + words["stalled"]
    answer = bundle_of(SPEC.cells()).findings[0].answer
    n = stand + fail + between
    assert answer.startswith(f"Of {n} checkable claims of the press report, {stand} stand")
    assert f"and {fail} are contradicted" in answer
    rest = {"open", "not testable", "not rated"}
    assert n + sum(words[one] for one in rest) == 76


def test_every_claim_has_one_card_and_no_control_is_quoted_anywhere(told):
    claims = pd.read_csv(io.StringIO(told[0]["csv"]), index_col=0)
    cards = [card for one in told for card in one["cards"]]
    assert sorted(card["anchor"] for card in cards) == sorted(
        f"claim-{one}" for one in claims.index
    )
    assert not any("bad_" in card["anchor"] for card in cards)
    assert all({"rule", "sources", "why"} <= {head for head, _ in card["lines"]} for card in cards)
    links = [to for card in cards for _, line in card["lines"] for _, to in line if ".html" in to]
    assert {"01", "02", "03", "04"} <= {to[:2] for to in links if not to.startswith("http")}


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ({"as_of": "2025-12-23"}, "a day from 2025-12-24"),
        ({"as_of": "yesterday"}, "a day from 2025-12-24"),
        ({"first": ["nyb_04", "nyb_03", "nyb_3"]}, "nyb_3"),
        ({"first": ["nyb_04", "nyb_03", "nyb_03"]}, "each claim once"),
    ],
)
def test_what_cannot_be_asked_is_said(asked, said):
    _, (fault,) = check_parameters(SPEC, asked)
    assert said in str(fault)
