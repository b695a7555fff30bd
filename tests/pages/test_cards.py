"""Cards behind the rows of a long table: escaped, reached, written beside the page, sorted."""

import json

import nbformat.v4 as nb
import pandas as pd
import pytest
from bs4 import BeautifulSoup

from research.cards import Cards
from research.errors import InputError
from research.report.pages.page import render
from research.report.pages.workbook import outputs
from research.tables import present

HOSTILE = "</script><script>alert(1)</script> <b>"


def cards(**changes):
    table = pd.DataFrame(
        {
            "title": [f"It is {HOSTILE}", "Small"],
            "our number": ["", [("the place", "02_jobs.html#finding-jobs-a"), ("text", "")]],
            "sources": [[("bea.gov", "https://www.bea.gov/a?b=1&c=2")], float("nan")],
        },
        index=["a_01", "a_02"],
    )
    about = {"records": pd.DataFrame({"n": [0.1, None], "who": [HOSTILE, "x"]}, table.index)}
    about |= {"structured": [{"@type": "ClaimReview", "claimReviewed": HOSTILE}]}
    return Cards(**{"table": table} | about | changes)


def with_cell(sample, *shown):
    notebook = sample.notebook()
    for one in shown:
        output = nb.new_output("execute_result", data=one._repr_mimebundle_())
        notebook.cells.insert(1, nb.new_code_cell("more", outputs=[output], execution_count=1))
    return notebook


def long_table():
    link = "[number {}](#claim-a_0{}), a claim in as many words as a claim has here"
    rows = [(link.format(n, 1 + n % 2), 10.0 * ((7 * n) % 24) - 50, "open" if n % 3 else "kept")
            for n in range(24)]  # fmt: skip
    frame = pd.DataFrame(rows, columns=["claim", "found", "verdict"])
    return present(frame, {"claim": ("claim", "{}"), "found": ("found", "{:.0f}"),
                           "verdict": ("verdict", "{}")})  # fmt: skip


def test_a_card_is_escaped_and_what_it_links_is_what_was_given(sample):
    soup = BeautifulSoup(render(with_cell(sample, cards()), sample.manifest()), "html.parser")
    first, second = soup.select(".opened details")
    assert (first["id"], second["id"]) == ("claim-a_01", "claim-a_02")
    assert first.summary.get_text() == f"It is {HOSTILE}"
    assert [one.get_text() for one in first.select("dt")] == ["sources"]  # a blank is left out
    assert first.a["href"] == "https://www.bea.gov/a?b=1&c=2"
    assert second.a["href"] == "02_jobs.html#finding-jobs-a"
    assert second.dd.get_text() == "the place, text"
    (told,) = soup.find_all("script", type="application/ld+json")
    assert json.loads(told.string)[0]["claimReviewed"] == HOSTILE
    assert len(soup.find_all("script")) == 2  # that one and the page's own


def test_the_scorecard_stands_beside_the_page_as_csv_and_json(sample):
    made = outputs(with_cell(sample, cards()), sample.manifest())
    assert made[".scorecard.csv"].splitlines()[0] == ",n,who"
    claims = json.loads(made[".scorecard.json"])["claims"]
    assert claims[0] == {"": "a_01", "n": 0.1, "who": HOSTILE}
    assert ".scorecard.csv" not in outputs(sample.notebook(), sample.manifest())


@pytest.mark.parametrize("address", ["javascript:alert(1)", "https://a b", "../x.html", "x"])
def test_an_address_that_is_none_and_a_card_twice_are_refused_at_once(address):
    table = pd.DataFrame({"t": ["a", "b"], "links": [[("x", address)], ""]}, index=["one", "one"])
    with pytest.raises(InputError) as caught:
        cards(table=table)
    assert [fault.where for fault in caught.value.faults] == ["one", "one"]


@pytest.fixture(scope="module")
def claims_page(sample):
    return render(with_cell(sample, cards(), long_table()), sample.manifest())


@pytest.mark.page
def test_a_long_table_sorts_and_filters_with_the_keyboard(claims_page, visit):
    page = visit(claims_page).page
    page.get_by_role("button", name="found").focus()
    for key, order in (("Enter", "ascending"), ("Space", "descending")):
        page.keyboard.press(key)
        shown = page.locator(".tools + .table-box tbody td:nth-child(2)").all_inner_texts()
        numbers = [int(text.replace("\N{MINUS SIGN}", "-")) for text in shown]
        assert numbers == sorted(numbers, reverse=order == "descending")
        assert page.get_by_role("columnheader", name="found").get_attribute("aria-sort") == order
    page.get_by_label("verdict", exact=True).select_option("kept")
    page.get_by_label("Find", exact=True).fill("number 1")
    assert page.get_by_role("status").inner_text() == "3 of 24 rows"
    page.get_by_role("link", name="number 15").click()
    assert page.locator("#claim-a_02").evaluate("one => one.open")
    assert not page.locator("#claim-a_01").evaluate("one => one.open")


@pytest.mark.page
def test_without_its_script_the_table_is_whole_and_a_phone_can_sort(claims_page, visit):
    bare = visit(claims_page.replace("script-src", "script-src 'none'; x")).page
    assert bare.locator(".tools, thead button").count() == 0
    assert bare.get_by_role("link", name="number").count() == 24
    phone = visit(claims_page, width=360).page
    phone.get_by_label("Sort by", exact=True).select_option("found")
    assert phone.locator(".tools + .table-box tbody th").first.inner_text().startswith("number 0,")
    assert phone.evaluate("document.documentElement.scrollWidth") <= 360
