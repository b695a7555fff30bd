"""Slides of lessons in real Chromium."""

import pytest

from research import paths
from research.report.pages.lessons import lessons
from research.teach.editions import REVEAL, slides

pytestmark = pytest.mark.page

#: Most words of a slide, and pixels that its frame is high.
MOST_WORDS, HEIGHT_PX = 130, 700


def walk(page):
    """Give of each slide its height and its words."""
    count = page.evaluate("Reveal.getTotalSlides()")
    seen = []
    for _ in range(count):
        told = "(one => [one.scrollHeight, one.innerText.trim().split(/\\s+/).length])"
        seen.append(page.evaluate(f"{told}(Reveal.getCurrentSlide())"))
        page.evaluate("Reveal.next()")
    return seen


@pytest.mark.parametrize("lesson", lessons())
def test_slides_fit_their_frame_and_ask_for_nothing(lesson, visit):
    if not (paths.root() / REVEAL).is_dir():
        pytest.skip("reveal.js is missing. Run: npm ci --prefix tests/pages")
    seen = visit(slides((paths.root() / lesson).read_text("utf-8"), lesson), width=1280)
    seen.page.wait_for_function("window.Reveal && Reveal.isReady()")
    assert len(seen.requests) == 1
    assert seen.complaints == []
    shown = walk(seen.page)
    assert 8 <= len(shown) <= 24
    assert [one for one in shown if one[0] > HEIGHT_PX or not 0 < one[1] <= MOST_WORDS] == []
