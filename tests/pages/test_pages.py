"""Report and index in real Chromium: no barrier, no complaint, no request, no overflow."""

from __future__ import annotations

import re

import pytest

pytestmark = pytest.mark.page

#: The narrowest phones in common use.
PHONE_PX = 360

#: What a mail server and a phone take without trouble; the promise of the reports.
MAX_BYTES = 1_000_000

UNFOLD = "document.querySelectorAll('details').forEach((one) => { one.open = true })"

VIEWS = [
    pytest.param({"width": 1280, "scheme": "light"}, id="wide"),
    pytest.param({"width": 1280, "scheme": "dark"}, id="dark"),
    pytest.param({"width": PHONE_PX, "scheme": "light"}, id="phone"),
    pytest.param({"width": PHONE_PX, "scheme": "dark"}, id="dark-phone"),
]


@pytest.fixture(params=["report", "index", "market", "jobs", "tariffs"])
def html(request) -> str:
    """Give each kind of page: sample report, index, the project's own report."""
    return request.getfixturevalue(request.param)


def without_policy(html: str) -> str:
    """Take the security policy off, so that a break is not stopped by it."""
    html, count = re.subn(r"<meta http-equiv=\"Content-Security-Policy\".*?>", "", html)
    assert count == 1
    return html


def broken(html: str, old: str, new: str) -> str:
    """Change a page where it can be changed."""
    assert old in html
    return html.replace(old, new)


def barriers(page, axe: str) -> list[str]:
    """List what axe-core finds with everything unfolded, of any impact."""
    page.evaluate(UNFOLD)
    page.evaluate(axe)
    found = page.evaluate("axe.run(document, {resultTypes: ['violations']})")
    return [
        f"{one['impact']} {one['id']}: {node['html'][:120]}"
        for one in found["violations"]
        for node in one["nodes"]
    ]


def foreign(requests) -> list[str]:
    """List the requests beyond the document itself; data: addresses stay inside the page."""
    return [one.url for one in requests[1:] if not one.url.startswith("data:")]


def let_go(requests) -> list[str]:
    """List the foreign requests that the page's policy did not stop."""
    return foreign([requests[0], *(one for one in requests[1:] if one.failure != "csp")])


def overflow_px(page) -> int:
    """Measure by how much the page is wider than the window."""
    return page.evaluate("document.documentElement.scrollWidth - window.innerWidth")


# Barriers


@pytest.mark.parametrize("view", VIEWS)
def test_axe_finds_no_barrier(html, view, visit, axe):
    assert barriers(visit(html, **view).page, axe) == []


@pytest.mark.parametrize(
    ("old", "new", "rule"),
    [
        (' alt="', ' data-alt="', "image-alt"),
        ('<html lang="en">', "<html>", "html-has-lang"),
        ('role="region" tabindex="0"', 'role="region"', "scrollable-region-focusable"),
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


def test_axe_sees_a_contrast_that_is_weak_in_the_dark_only(report, visit, axe):
    weak = without_policy(broken(report, "--soft: #a9b3be", "--soft: #4b5561"))
    assert barriers(visit(weak, scheme="light").page, axe) == []
    assert any("color-contrast" in one for one in barriers(visit(weak, scheme="dark").page, axe))


def repeated_ids(page) -> list[str]:
    """List ids that come twice."""
    ids = page.evaluate("[...document.querySelectorAll('[id]')].map((one) => one.id)")
    return sorted({one for one in ids if ids.count(one) > 1})


def dead_anchors(page) -> list[str]:
    """List links to places of the page that are not there."""
    return page.evaluate(
        "[...document.querySelectorAll('a[href^=\"#\"]')].map((link) => link.hash)"
        ".filter((hash) => !document.getElementById(decodeURIComponent(hash.slice(1))))"
    )


def test_ids_are_unique_and_links_inside_arrive(html, visit):
    page = visit(html).page
    assert repeated_ids(page) == []
    assert dead_anchors(page) == []


def test_a_dead_anchor_is_seen(report, visit):
    assert dead_anchors(visit(broken(report, 'id="heat-map"', "")).page) == ["#heat-map"]


def test_code_cells_and_tables_have_names_of_their_own(report, visit):
    page = visit(report).page
    code = page.locator("details.code-cell > summary").all_text_contents()
    boxes = page.locator("[aria-label]").evaluate_all("all => all.map((one) => one.ariaLabel)")
    assert len(code) == len(set(code)) == 8
    assert len(boxes) == len(set(boxes))


# Complaints and requests


def test_nothing_is_complained_of_and_nothing_is_asked_for(html, visit):
    seen = visit(html)
    seen.page.wait_for_load_state("networkidle")
    assert seen.complaints == []
    assert foreign(seen.requests) == []


def test_a_complaint_is_seen(report, visit):
    styled = broken(report, "<h1>", '<h1 style="color: red">')
    assert any("Content Security Policy" in said for said in visit(styled).complaints)


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


def outside_addresses(page) -> list[str]:
    """List what leads out of the page in any attribute or style of its elements."""
    return page.evaluate(
        r"""[...document.querySelectorAll('*')].flatMap((one) => [...one.attributes]
          .filter(({name, value}) => ['src', 'href', 'srcset', 'action', 'poster', 'data',
            'xlink:href', 'style', 'content'].includes(name) && name !== 'content'
            && /^\s*(https?:|\/\/|javascript:)|url\(/i.test(value))
          .map(({name, value}) => `${name}=${value}`))
          .concat([...document.querySelectorAll('style')]
            .filter((one) => /@import|url\(/i.test(one.textContent)).map(() => 'style sheet'))"""
    )


def test_no_address_leads_out(html, visit):
    assert outside_addresses(visit(html).page) == []


def test_an_outside_address_is_seen(report, visit):
    linked = broken(report, 'href="index.html"', 'href="https://example.org/"')
    assert outside_addresses(visit(linked).page) == ["href=https://example.org/"]


# Phone and size


@pytest.mark.parametrize("unfolded", [False, True])
def test_nothing_is_wider_than_a_phone(html, visit, unfolded):
    page = visit(html, width=PHONE_PX).page
    page.evaluate(UNFOLD if unfolded else "null")
    assert overflow_px(page) <= 0


@pytest.mark.parametrize("part", ["table-box", "printed"])
def test_a_part_that_is_too_wide_is_seen(report, visit, part):
    wide = broken(report, f'class="{part}"', 'class="unknown"')
    if part == "printed":
        wide = without_policy(wide).replace("overflow-x: auto", "overflow-x: visible")
    assert overflow_px(visit(wide, width=PHONE_PX).page) > 0


def test_pages_are_small(html):
    assert len(html.encode("utf-8")) < MAX_BYTES


# The script


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


def test_formulas_are_drawn_as_formulas(report, visit):
    page = visit(report).page
    lifted = page.evaluate(
        """(() => { const sub = document.querySelector('main msub');
          const [base, index] = sub.children;
          return index.getBoundingClientRect().bottom > base.getBoundingClientRect().bottom })()"""
    )
    assert lifted
    assert "$\\hat" not in page.locator("main").inner_text()
