"""What readers do with a report: take files from it, use the keyboard, print it."""

from __future__ import annotations

import io
import re
from pathlib import Path

import nbformat
import pandas as pd
import pytest

pytestmark = pytest.mark.page


def taken(page, link) -> tuple[str, bytes]:
    """Click a link and give the name and content of the file that the browser saves."""
    with page.expect_download(timeout=10_000) as expected:
        link.click()
    download = expected.value
    return download.suggested_filename, Path(download.path()).read_bytes()


def csv_of(page, kind: str) -> pd.DataFrame:
    """Take the data of a figure."""
    name, content = taken(page, page.locator(f"#figure-{kind} a[download]"))
    assert name == f"{kind}.csv"
    return pd.read_csv(io.BytesIO(content), index_col="session")


@pytest.mark.parametrize("kind", ["lines", "heat-map", "histogram"])
def test_the_data_of_a_figure_comes_out_as_it_went_in(report, visit, sample, kind):
    pd.testing.assert_frame_equal(csv_of(visit(report).page, kind), sample.data(kind))


def test_changed_data_is_seen(report, visit, sample):
    hrefs = re.findall(r'href="(data:text/csv[^"]*)"', report)
    swapped = report.replace(hrefs[0], hrefs[1])
    with pytest.raises(AssertionError):
        pd.testing.assert_frame_equal(csv_of(visit(swapped).page, "lines"), sample.data("lines"))


def test_the_notebook_comes_out_valid_with_its_code_and_without_pictures(report, visit, sample):
    page = visit(report).page
    link = page.get_by_role("link", name=re.compile("Executed notebook"))
    name, content = taken(page, link)
    notebook = nbformat.reads(content.decode("utf-8"), as_version=4)
    nbformat.validate(notebook)
    assert name == "01_market_reactions__event_id-deal_announced.ipynb"
    assert [cell.source for cell in notebook.cells] == [c.source for c in sample.notebook().cells]
    assert b"image/png" not in content
    assert b"vnd.research.figure+json" in content


def test_the_skip_link_comes_first_and_leads_to_the_text(report, visit):
    page = visit(report).page
    page.keyboard.press("Tab")
    assert focused(page) == "Skip to the text"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"


def test_a_skip_link_that_leads_nowhere_is_seen(report, visit):
    page = visit(report.replace('<main id="main" tabindex="-1">', "<main>")).page
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") != "main"


@pytest.mark.parametrize("key", ["Enter", "Space"])
def test_code_unfolds_with_the_keyboard(report, visit, key):
    page = visit(report).page
    reach(page, "Code of cell 3")
    page.keyboard.press(key)
    assert page.evaluate("document.activeElement.parentElement.open")


def test_a_summary_that_the_keyboard_cannot_reach_is_seen(report, visit):
    page = visit(report.replace("<summary>Code", '<summary tabindex="-1">Code')).page
    with pytest.raises(LookupError):
        reach(page, "Code of cell 3")


def focused(page) -> str:
    """Give the words of the element that has the keyboard."""
    return page.evaluate("document.activeElement.textContent.trim()")


def reach(page, words: str) -> None:
    """Press Tab until an element with these words has the keyboard."""
    for _ in range(100):
        page.keyboard.press("Tab")
        if focused(page).startswith(words):
            return
    raise LookupError(words)


def pages_of(pdf: bytes) -> int:
    """Count the pages of a PDF as Chromium writes it."""
    return len(re.findall(rb"/Type\s*/Page\b", pdf))


def test_print_gives_pages(report, index, visit):
    pdf = visit(report).page.pdf(prefer_css_page_size=True)
    assert pdf.startswith(b"%PDF")
    assert pages_of(pdf) >= 3
    assert pages_of(visit(index).page.pdf(prefer_css_page_size=True)) == 1


def in_print(page, selector: str) -> bool:
    """Tell whether an element takes room on paper."""
    page.emulate_media(media="print")
    return page.locator(selector).first.evaluate("one => one.getClientRects().length > 0")


@pytest.mark.parametrize("selector", [".contents", ".code-cell", ".skip", "#all-code", ".file"])
def test_paper_has_nothing_to_press(report, visit, selector):
    page = visit(report).page
    assert page.locator(selector).count() > 0
    assert not in_print(page, selector)


@pytest.mark.parametrize("selector", ["#figure-lines img", "h1", "#key-findings", ".digest"])
def test_paper_has_what_a_reader_needs(report, visit, selector):
    assert in_print(visit(report).page, selector)


def test_folded_parameters_are_printed(report, visit):
    folded = report.replace('id="parameters" open>', 'id="parameters">')
    assert folded != report
    assert in_print(visit(folded).page, "#parameters td")
    # The rule is what unfolds them: without it they stay folded.
    bare = folded.replace("details::details-content", "details::nothing")
    page = visit(re.sub(r"<meta http-equiv.*?>", "", bare)).page
    page.emulate_media(media="print")
    assert not page.locator("#parameters td").first.evaluate("one => one.checkVisibility()")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_paper_is_white(report, visit, scheme):
    page = visit(report, scheme=scheme).page
    page.emulate_media(media="print", color_scheme=scheme)
    ground = page.evaluate("getComputedStyle(document.body).backgroundColor")
    assert ground == "rgb(255, 255, 255)"
    page.emulate_media(media="screen", color_scheme=scheme)
    on_screen = page.evaluate("getComputedStyle(document.body).backgroundColor")
    assert (on_screen == "rgb(255, 255, 255)") is (scheme == "light")
