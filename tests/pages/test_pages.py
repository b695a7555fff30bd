"""Pages in real Chromium: no barrier, complaint, request or overflow; and what readers do."""

import io
import re
from pathlib import Path

import pandas as pd
import pytest

from research.report.notebooks import NOTEBOOKS
from research.report.pages.lessons import lessons

pytestmark = pytest.mark.page

#: The narrowest phones in common use.
PHONE_PX = 360

UNFOLD = "document.querySelectorAll('details').forEach((one) => { one.open = true })"

# The sample holds every kind of part; the project's own pages are looked at as a phone shows them.
SEEN = [
    *[
        (page, width, scheme)
        for page in ("report", "index", "docs/glossary.md")
        for width in (1280, PHONE_PX)
        for scheme in ("light", "dark")
    ],
    *[(spec.name, PHONE_PX, "light") for spec in NOTEBOOKS],
    *[(f"docs/{page}.md", PHONE_PX, "light") for page in ("validation", "assumptions")],
    *[(lesson, PHONE_PX, "light") for lesson in lessons()],
]


def without_policy(html):
    """Take the security policy off, so that a break is not stopped by it."""
    html, count = re.subn(r"<meta http-equiv=\"Content-Security-Policy\".*?>", "", html)
    assert count == 1
    return html


def broken(html, old, new):
    """Change a page where it can be changed."""
    assert old in html
    return html.replace(old, new)


def barriers(page, axe):
    """List what axe-core finds with everything unfolded, of any impact."""
    page.evaluate(UNFOLD)
    page.evaluate(axe)
    found = page.evaluate("axe.run(document, {resultTypes: ['violations']})")
    return [
        f"{one['impact']} {one['id']}: {node['html'][:120]}"
        for one in found["violations"]
        for node in one["nodes"]
    ]


def foreign(requests):
    """List the requests beyond the document itself; data: addresses stay inside the page."""
    return [one.url for one in requests[1:] if not one.url.startswith("data:")]


def let_go(requests):
    """List the foreign requests that the page's policy did not stop."""
    return foreign([requests[0], *(one for one in requests[1:] if one.failure != "csp")])


def overflow_px(page):
    """Measure by how much the page is wider than the window."""
    return page.evaluate("document.documentElement.scrollWidth - window.innerWidth")


def repeated_ids(page):
    """List ids that come twice."""
    ids = page.evaluate("[...document.querySelectorAll('[id]')].map((one) => one.id)")
    return sorted({one for one in ids if ids.count(one) > 1})


def dead_anchors(page):
    """List links to places of the page that are not there."""
    return page.evaluate(
        "[...document.querySelectorAll('a[href^=\"#\"]')].map((link) => link.hash)"
        ".filter((hash) => !document.getElementById(decodeURIComponent(hash.slice(1))))"
    )


def outside_addresses(page):
    """List what loads from elsewhere, in any attribute or style, and links out that tell whence."""
    return page.evaluate(
        r"""[...document.querySelectorAll('*:not(a[rel="noreferrer"])')]
          .flatMap((one) => [...one.attributes]
          .filter(({name, value}) => ['src', 'href', 'srcset', 'action', 'poster', 'data',
            'xlink:href', 'style', 'content'].includes(name)
            && !value.startsWith('data:') && name !== 'content'
            && /^\s*(https?:|\/\/|javascript:)|url\(/i.test(value))
          .map(({name, value}) => `${name}=${value}`))
          .concat([...document.querySelectorAll('style')]
            .filter((one) => /@import|url\(/i.test(one.textContent)).map(() => 'style sheet'))"""
    )


@pytest.mark.parametrize(("name", "width", "scheme"), SEEN)
def test_a_page_has_no_barrier_and_asks_for_nothing(
    request, stored, visit, axe, name, width, scheme
):
    own = name in ("report", "index")
    html = request.getfixturevalue(name) if own else stored(name)
    seen = visit(html, width=width, scheme=scheme)
    seen.page.wait_for_load_state("networkidle")
    assert overflow_px(seen.page) <= 0
    assert seen.complaints == []
    assert foreign(seen.requests) == []
    assert repeated_ids(seen.page) == []
    assert dead_anchors(seen.page) == []
    assert outside_addresses(seen.page) == []
    assert barriers(seen.page, axe) == []  # unfolds everything
    assert overflow_px(seen.page) <= 0


# Each kind of fault is seen when it is there


@pytest.mark.parametrize(
    ("old", "new", "rule"),
    [
        (' alt="', ' data-alt="', "image-alt"),
        ('<html lang="en">', "<html>", "html-has-lang"),
        ('class="printed" tabindex="0"', 'class="printed"', "scrollable-region-focusable"),
        ('id="the-test"', 'id="the-return-model"', "duplicate-id"),
        ("--soft: #515b66", "--soft: #b5bbc2", "color-contrast"),
    ],
)
def test_axe_sees_a_break(report, visit, axe, old, new, rule):
    page = visit(without_policy(broken(report, old, new)), width=PHONE_PX).page
    found = barriers(page, axe)
    if rule == "duplicate-id":  # axe-core leaves it to HTML checkers unless a label needs it
        found += [f"duplicate-id {one}" for one in repeated_ids(page)]
    assert any(rule in one for one in found)


LEAVING = [
    '<img src="http://127.0.0.1:9/picture.png" alt="">',
    '<script src="http://127.0.0.1:9/script.js"></script>',
    '<link rel="stylesheet" href="http://127.0.0.1:9/style.css">',
    '<style>@import "http://127.0.0.1:9/import.css";</style>',
    '<iframe src="http://127.0.0.1:9/frame.html"></iframe>',
    '<script>fetch("http://127.0.0.1:9/data")</script>',
]


@pytest.mark.parametrize("element", LEAVING)
def test_a_request_is_seen_without_the_policy_and_stopped_with_it(report, visit, element):
    leaky = broken(report, "</main>", f"{element}</main>")
    free = visit(without_policy(leaky))
    free.page.wait_for_timeout(200)
    assert any("127.0.0.1:9" in url for url in let_go(free.requests))
    held = visit(leaky)
    held.page.wait_for_timeout(200)
    assert let_go(held.requests) == []
    assert held.complaints


# What readers do


def test_code_cells_and_tables_have_names_of_their_own(report, visit):
    page = visit(report).page
    code = page.locator("details.code-cell > summary").all_text_contents()
    boxes = page.locator("[aria-label]").evaluate_all("all => all.map((one) => one.ariaLabel)")
    assert len(code) == len(set(code)) == 8
    assert len(boxes) == len(set(boxes))


def test_contents_are_folded_on_a_phone_only(report, visit):
    is_open = "document.getElementById('contents').open"
    assert visit(report).page.evaluate(is_open)
    assert not visit(report, width=PHONE_PX).page.evaluate(is_open)


def test_contents_mark_the_place_of_the_reader(report, visit):
    page = visit(report).page
    here = page.locator(".contents [aria-current]")
    assert here.get_attribute("href") == "#key-findings"
    page.evaluate("document.getElementById('placebo-days').scrollIntoView()")
    page.wait_for_selector(".contents [aria-current][href='#placebo-days']", timeout=5_000)


def test_all_code_unfolds_and_folds(report, visit):
    page = visit(report).page
    shown = "[...document.querySelectorAll('.code-cell')].filter((one) => one.open).length"
    assert page.evaluate(shown) == 0
    page.get_by_role("button", name="Show all code").click()
    assert page.evaluate(shown) == 8
    page.get_by_role("button", name="Hide all code").click()
    assert page.evaluate(shown) == 0


def taken(page, link):
    """Click a link and give the name and content of the file that the browser saves."""
    with page.expect_download(timeout=10_000) as expected:
        link.click()
    download = expected.value
    return download.suggested_filename, Path(download.path()).read_bytes()


def csv_of(page, kind):
    """Take the data of a figure."""
    name, content = taken(page, page.locator(f"#figure-{kind} a[download]"))
    assert name == f"{kind}.csv"
    return pd.read_csv(io.BytesIO(content), index_col="session")


def test_the_data_of_a_figure_comes_out_as_it_went_in(report, visit, sample):
    page = visit(report).page
    for kind in ("lines", "heat-map", "histogram"):
        pd.testing.assert_frame_equal(csv_of(page, kind), sample.data(kind))


def test_the_skip_link_comes_first_and_leads_to_the_text(report, visit):
    page = visit(report).page
    page.keyboard.press("Tab")
    assert focused(page) == "Skip to the text"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"


def focused(page):
    """Give the words of the element that has the keyboard."""
    return page.evaluate("document.activeElement.textContent.trim()")


def in_print(page, selector):
    """Tell whether an element takes room on paper."""
    page.emulate_media(media="print")
    return page.locator(selector).first.evaluate("one => one.getClientRects().length > 0")


def test_paper_has_what_a_reader_needs_and_nothing_to_press(report, visit):
    page = visit(report).page
    for selector in (".contents", ".code-cell", ".skip", "#all-code", ".file"):
        assert page.locator(selector).count() > 0
        assert not in_print(page, selector)
    for selector in ("#figure-lines img", "h1", "#key-findings", ".cards .number", ".digest"):
        assert in_print(page, selector)


def test_folded_parameters_are_printed(report, visit):
    folded = report.replace('id="parameters" open>', 'id="parameters">')
    assert folded != report
    assert in_print(visit(folded).page, "#parameters td")
    # The rule is what unfolds them: without it they stay folded.
    bare = folded.replace("details::details-content", "details::nothing")
    page = visit(re.sub(r"<meta http-equiv.*?>", "", bare)).page
    page.emulate_media(media="print")
    assert not page.locator("#parameters td").first.evaluate("one => one.checkVisibility()")


def test_a_finding_in_a_fold_is_reached_by_its_address_and_printed(report, visit):
    page = visit(report).page
    place = page.locator(".more [id^=finding]").last
    assert not place.is_visible()
    page.evaluate("id => { location.hash = id }", place.get_attribute("id"))
    place.wait_for(state="visible")
    assert page.evaluate("scrollY") > 0
    assert in_print(visit(report).page, ".more [id^=finding]")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_paper_is_white(report, visit, scheme):
    page = visit(report, scheme=scheme).page
    page.emulate_media(media="print", color_scheme=scheme)
    ground = page.evaluate("getComputedStyle(document.body).backgroundColor")
    assert ground == "rgb(255, 255, 255)"
    page.emulate_media(media="screen", color_scheme=scheme)
    on_screen = page.evaluate("getComputedStyle(document.body).backgroundColor")
    assert (on_screen == "rgb(255, 255, 255)") is (scheme == "light")


def test_a_phone_shows_what_is_met_and_by_how_much_without_scrolling(visit, stored):
    """Difference, tolerance and met stood to the right of the screen."""
    seen = visit(stored("docs/validation.md"), width=PHONE_PX, scheme="light")
    ends = seen.page.evaluate(
        """[...document.querySelectorAll('th')]
          .filter((one) => ['met', 'difference'].includes(one.textContent.trim()))
          .map((one) => one.getBoundingClientRect().right)"""
    )
    assert len(ends) > 20
    assert max(ends) <= PHONE_PX
