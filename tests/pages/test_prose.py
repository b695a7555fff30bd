"""Markdown: formulas beside money, headings, addresses, and hostile text."""

import pytest
from bs4 import BeautifulSoup

from research.report.pages.prose import Heading, Labels, plain, to_html
from research.report.pages.tables import safe_html


def html_of(source):
    labels = Labels()
    html = to_html(source, labels, "markdown cell 1")
    assert labels.faults == []
    return html


def faults_of(source):
    labels = Labels()
    to_html(source, labels, "markdown cell 1")
    return "\n".join(map(str, labels.faults))


@pytest.mark.parametrize("text", ["$550bn, or US$ 1", "$36 billion against US$", "a $ and $ b"])
def test_money_stays_text_beside_formulas(text):
    html = html_of(rf"{text}, \$36bn and $1.5 trillion; $\beta_i$, $0.05$ and $p$-values.")
    assert html.count("<math") == 3
    assert plain(html) == f"{text}, $36bn and $1.5 trillion; βi, 0.05 and p-values."


def test_code_is_no_formula():
    html = html_of("`$x_1$` and\n\n```python\nprice = '$y_1$'\n```\n")
    assert "<math" not in html
    assert "$x_1$" in html


def test_formula_over_several_lines_and_in_a_sentence():
    html = html_of("$$\na_1 +\n\\text{cost in \\$}\n$$\n\nwhere $b_1 > 1$ holds.")
    assert html.count('class="formula"') == html.count('display="block"') == 1
    assert "<p>where <math" in html


def test_headings_have_anchors_of_their_own():
    labels = Labels()
    html = to_html(
        "# Title\n\n## The test\n\n### A & $b_1$\n\n## The test\n## Cite", labels, "cell"
    )
    assert labels.headings == [
        Heading(1, "main", "Title"),
        Heading(2, "the-test", "The test"),
        Heading(3, "a--b1", "A & b1"),
        Heading(2, "the-test-1", "The test"),
        Heading(2, "cite-1", "Cite"),  # the page has its own
    ]
    assert "Title" not in html
    anchors = [tag["id"] for tag in BeautifulSoup(html, "html.parser").select("h2, h3")]
    assert anchors == ["the-test", "a--b1", "the-test-1", "cite-1"]


def test_links_out_are_plain_and_tell_nobody_where_the_reader_is():
    html = html_of("[BEA](https://www.bea.gov/gdp?a=1&b) and https://fred.stlouisfed.org/series/X")
    links = BeautifulSoup(html, "html.parser").find_all("a")
    assert [link["href"] for link in links] == [
        "https://www.bea.gov/gdp?a=1&b",
        "https://fred.stlouisfed.org/series/X",
    ]
    assert {tuple(link["rel"]) for link in links} == {("noreferrer",)}


@pytest.mark.parametrize(
    ("place", "jobs", "methods"),
    [
        ("notebooks/01.ipynb", "02_jobs.html", "docs/methods.html#top"),
        ("docs/live_data.md", "../02_jobs.html", "methods.html#top"),
        ("docs/methods/jobs.md", "../../02_jobs.html", "../methods.html#top"),
    ],
)
def test_links_within_the_project_start_at_the_file_they_stand_in(place, jobs, methods):
    up = "../" * place.count("/")
    text = f"[a]({up}notebooks/02_jobs.ipynb) [b]({up}docs/methods.md#top) [c]({up}src/x.py)"
    html = to_html(text, Labels(place=place), "cell")
    assert [a["href"] for a in BeautifulSoup(html, "html.parser").find_all("a")] == [jobs, methods]
    assert plain(html) == "a b c (src/x.py)"


def test_a_link_to_a_finding_of_another_report_is_kept_in_text_and_table():
    link, place = "[a](01_market_reactions.html#finding-market-x)", Labels()
    in_table = safe_html(f"<table><tr><td>{link}</td></tr></table>", place)
    for html in (html_of(link), in_table):
        assert 'href="01_market_reactions.html#finding-market-x"' in html


def test_links_within_the_page_are_kept():
    assert '<a href="#the-test">there</a>' in html_of("[there](#the-test)")


HOSTILE = [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "a <b onclick='alert(1)'>b</b>",
    "[x](javascript:alert(1))",
    "[x](JaVaScRiPt:alert(1))",
    "[x](&#106;avascript:alert(1))",
    "[x](data:text/html;base64,PHNjcmlwdD4=)",
    "[x](//example.org/a)",
    "[x](https://example.org/a#part)",
    "[x](javascript:alert(1)#part)",
    "<javascript:alert(1)>",
    '[x](#"onmouseover="alert(1))',
    '[x](a.ipynb"onmouseover="alert(1))',
    "[x](https://example.org/<script>)",
    "## <svg onload=alert(1)>",
    "$\\text{</math><script>alert(1)</script>}$",
    "| <iframe src=x> |\n|--|\n| <object> |",
    '```x" onload="alert(1)\n<script>\n```',
]


@pytest.mark.parametrize("source", HOSTILE)
def test_hostile_markdown_is_text(source):
    soup = BeautifulSoup(to_html(source, Labels(), "cell"), "html.parser")
    assert soup.find_all(["script", "img", "svg", "iframe", "object", "b"]) == []
    for element in soup.find_all(True):
        assert not [name for name in element.attrs if name.startswith("on")]
        address = element.get("href", "#")
        is_within = address.startswith("#") or address.split("#")[0].endswith(".html")
        assert is_within or (address.startswith("https://example.org/") and element["rel"])


def test_a_picture_in_markdown_is_a_fault():
    assert "research.figures.Figure" in faults_of("![a chart](chart.png)")
