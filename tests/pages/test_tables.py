"""HTML outputs: safe, and tables that can be read by eye and by ear."""

from html import escape

import pandas as pd
import pytest
from bs4 import BeautifulSoup

from research.report.pages.prose import Labels
from research.report.pages.tables import active_elements, columns, safe_html

FRAME = pd.DataFrame(
    {"car_pct": [1.2, -0.5], "p": ["0.04", "n/a"], "why": ["rose", "fell < 1"]},
    index=["chip", "energy"],
).rename_axis(columns="group")


def soup_of(markup):
    return BeautifulSoup(safe_html(markup, Labels()), "html.parser")


def texts(soup, selector):
    return [element.get_text(strip=True) for element in soup.select(selector)]


def test_frame_has_headers_with_scope_and_numbers_to_the_right():
    soup = soup_of(FRAME._repr_html_())
    assert texts(soup, 'thead th[scope="col"]') == ["group", "car_pct", "p", "why"]
    assert texts(soup, 'tbody th[scope="row"]') == ["chip", "energy"]
    assert texts(soup, ".right") == ["car_pct", "p", "1.2", "0.04", "-0.5", "n/a"]
    assert texts(soup, "td")[-1] == "fell < 1"


def test_caption_names_the_box():
    soup = soup_of(FRAME.style.set_caption("By group & day").to_html())
    assert texts(soup, "caption") == ["By group & day"]
    assert soup.select_one(".table-box")["aria-label"] == "Table 1: By group & day"


def test_two_levels_of_rows_and_columns():
    frame = FRAME.set_index([["Japan", "Japan"], ["chip", "energy"]])
    frame.columns = pd.MultiIndex.from_tuples([("A", "car"), ("A", "p"), ("B", "why")])
    soup = soup_of(frame._repr_html_())
    assert texts(soup, '[scope="colgroup"]') == ["A"]
    assert texts(soup, '[scope="rowgroup"]') == ["Japan"]
    assert texts(soup, 'tbody [scope="row"]') == ["chip", "energy"]
    assert texts(soup, "tbody .right") == ["1.2", "0.04", "-0.5", "n/a"]
    assert all(element.get_text(strip=True) for element in soup.select("th"))


def test_wide_and_wordy_tables_are_lists_on_a_phone():
    labels = Labels()
    wide, wordy = FRAME.assign(a=1, b=2), FRAME.rename(index={"chip": "c" * 61})
    html = "".join(safe_html(one._repr_html_(), labels) for one in (FRAME, wide, wordy))
    soup = BeautifulSoup(html, "html.parser")
    assert [one.get("class") for one in soup.select("table")] == [None, ["stacked"], ["stacked"]]
    cells = soup.select(".stacked")[0].select("tbody tr")[0].find_all(["th", "td"])
    assert [one["data-label"] for one in cells] == ["group", "car_pct", "p", "why", "a", "b"]
    assert [columns(table) for _, table in labels.tables.values()] == [4, 6, 4]
    assert [*labels.tables] == ["Table 1", "Table 2", "Table 3"]


def test_a_web_address_in_a_cell_is_a_plain_link():
    told = "[the <law>](https://www.govinfo.gov/a) and [x](javascript:alert(1))"
    soup = soup_of(f"<table><tr><td>{escape(told)}</td></tr></table>")
    assert texts(soup, "a") == ["the <law>"]
    assert soup.a.attrs == {"href": "https://www.govinfo.gov/a", "rel": ["noreferrer"]}
    assert "[x](javascript:alert(1))" in soup.get_text()
    assert soup_of('<p>[x](https://e.org/"onload="alert(1))</p>').a is None


@pytest.mark.parametrize(
    "number", ["-1.2", "+3", "1,234.5", "12 %", "3.1***", "$36bn", "−4", "1e-05"]
)
def test_numbers(number):
    soup = soup_of(f"<table><tbody><tr><td>{number}</td></tr></tbody></table>")
    assert texts(soup, ".right") == [number]


@pytest.mark.parametrize("word", ["2025-12-24", "chip", "1 of 2", "v1.2.3", "n/a"])
def test_words(word):
    soup = soup_of(f"<table><tbody><tr><td>{word}</td></tr></tbody></table>")
    assert texts(soup, ".right") == []


@pytest.mark.parametrize(
    "markup",
    [
        '<p onclick="alert(1)">x</p>',
        '<a href="javascript:alert(1)">x</a>',
        '<a href="https://example.org">x</a>',
        '<table background="https://example.org"><tr><td style="x:url(//e.org)">x',
        '<td colspan="1&quot; onload=&quot;alert(1)">x</td>',
        "<base href='//example.org'><meta http-equiv=refresh content='0;url=//e.org'>x",
        "<math><mtext><style><a title='</style><b onload=alert(1)>'>x",
    ],
)
def test_handlers_and_addresses_go_and_words_stay(markup):
    soup = soup_of(markup)
    assert "x" in soup.get_text()
    allowed = {"class", "role", "tabindex", "aria-label", "colspan", "rowspan", "scope"}
    for element in soup.find_all(True):
        assert set(element.attrs) <= allowed
        assert element.name not in ("a", "base", "meta", "style")


def test_short_words_stay_on_a_line_and_sentences_get_room():
    frame = FRAME.assign(told="Reuters: the first project may be named as early as December")
    soup = soup_of(frame._repr_html_())
    assert texts(soup, ".short") == ["chip", "rose", "energy", "fell < 1"]
    assert len(texts(soup, "td.long")) == 2


def test_elements_that_run_or_load_are_told():
    found = active_elements("<div><script>1</script><p>x</p><iframe></iframe><img src=x></div>")
    assert found == ["iframe", "img", "script"]
    assert active_elements(FRAME._repr_html_()) == []
