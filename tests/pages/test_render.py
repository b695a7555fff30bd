"""From an executed notebook to a page: what stands where, and what is refused."""

import base64
import io
import json
import re
from urllib.parse import unquote

import nbformat
import nbformat.v4 as nb
import numpy as np
import pytest
import yaml
from bs4 import BeautifulSoup
from PIL import Image

from research import paths
from research.figures import NARROW
from research.findings import Finding, Findings, amount
from research.report.pages.page import MAX_BYTES, render
from research.report.pages.prose import RenderError

from .conftest import sample_manifest

MANIFEST = sample_manifest() | {
    "run": "01_market_reactions__long",
    "question": "How did they react to the $550bn?",
    "parameters": {"event_id": "consultation_2", "window": [-3, 4]},
    "inputs": {
        "lock": "l" * 64,
        "tables": {"deal/events": "e" * 64},
        "files": {"mine.csv": "m" * 64},
    },
    "sources": {"deal/events": {"title": "Dated events", "authority": "White House"}},
    "dirty": True,
}

PARAMETERS = """event_id: str = "consultation_2"  # the event
window: list = [0, 1]  # first and last session"""

FIGURE_JSON = "application/vnd.research.figure+json"


def png(size=(40, 30), dpi=96, noise=False):
    """Give a small PNG in base64; noise cannot be made smaller."""
    draw = np.random.default_rng(1)
    pixels = (
        draw.integers(0, 256, (size[1], size[0], 3))
        if noise
        else np.full((size[1], size[0], 3), 200)
    )
    buffer = io.BytesIO()
    Image.fromarray(pixels.astype("uint8")).save(buffer, "PNG", dpi=(dpi, dpi))
    return base64.b64encode(buffer.getvalue()).decode()


def figure(name="car", picture=None, narrow="", **words):
    told = {"name": name, "title": "Cars rose", "alt": "A chart", "source": "JPX", "csv": "a\n1\n"}
    data = {"image/png": picture or png(), FIGURE_JSON: told | words, "text/plain": "Figure"}
    return nb.new_output(
        "display_data", data=data | ({NARROW.format("png"): narrow} if narrow else {})
    )


def shown(media_type, text):
    return nb.new_output("display_data", data={media_type: text, "text/plain": "plain"})


def code(source, *outputs, tag=""):
    metadata = {"tags": [tag] if tag else []}
    return nb.new_code_cell(source, outputs=list(outputs), execution_count=1, metadata=metadata)


def notebook(*cells, findings="Cars rose 6 %."):
    """Give a notebook with what every report needs, and the given cells between."""
    return nb.new_notebook(
        cells=[
            nb.new_markdown_cell("# Market reactions\n\n**Question.** How?\n\nThe start."),
            code(PARAMETERS, tag="parameters"),
            code('event_id = "secret_value"', tag="injected-parameters"),
            *cells,
            code(
                "Findings()",
                figure("head"),
                shown_findings(*four(findings), figure="head", data_to="now"),
                tag="findings",
            ),
            code("assert 1 == 1\nassert 2 == 2", tag="assertions"),
        ]
    )


def page(*cells, **changes):
    return BeautifulSoup(render(notebook(*cells), MANIFEST | changes), "html.parser")


def refused(*cells):
    with pytest.raises(RenderError) as caught:
        render(notebook(*cells), MANIFEST)
    return caught.value


def words(element):
    return " ".join(element.get_text().split())


# What stands where


def test_title_and_question_come_from_the_manifest():
    soup = page()
    assert [words(one) for one in soup.select("h1")] == ["Market reactions"]
    assert words(soup.select_one("header .question")) == MANIFEST["question"]
    assert soup.html["lang"] == "en"


def test_steps_that_show_nothing_between_them_stand_under_one_fold():
    soup = page(code("a = 1"), code("b = 2", shown("text/markdown", "Shown.")), code("c = 3"))
    folds = soup.select("details.code-cell")
    assert [words(one.summary).partition(",")[0] for one in folds] == [
        "Code of cells 2 to 3",
        "Code of cells 4 to 5",
        "Code of cell 6",
    ]
    assert [words(one) for one in folds[0].select("pre")] == ["a = 1", "b = 2"]


def found(**changes):
    fields = {"id": "a.b", "question": "How far?", "answer": "Cars rose 6 %.", "basis": "data"}
    return Finding(**fields | changes)


def shown_findings(*all_, **beside):
    return nb.new_output("display_data", data=Findings(all_, **beside)._repr_mimebundle_())


def four(answer="Cars rose 6 %.", **changes):
    """Give an answer and three more headlines."""
    return [found(id=f"a.{name}", answer=answer, headline=True, **changes) for name in "bcde"]


def with_findings(*all_, **beside):
    made = notebook(nb.new_markdown_cell("## Cars"), code("plot()", figure()))
    made.cells[-2].outputs[-1] = shown_findings(*all_, **beside)
    return made


ANSWER = {"headline": True, "claimed": "a rise of 9 %"}
ENDS = {"low": 4.0, "high": 8.6, "interval": "90 % of draws"}


def test_an_interval_whose_ends_fall_is_refused():
    with pytest.raises(ValueError, match="ends of an interval and quantiles in rising order"):
        found(value=6.0, unit="pct", **ENDS | {"high": 3.9})


def test_the_first_screen_is_answer_cards_figure_and_up_to_when_things_are_known():
    made = with_findings(
        found(value=6.04, unit="pct", **ENDS, **ANSWER),
        found(
            id="a.c", value=-3.04, unit="bn_usd", answer="A loss of $3bn.", basis="model", **ANSWER
        ),
        found(id="a.d", value=0.21, unit="share", answer="A fifth.", headline=True),
        found(id="a.e", value=2.0, unit="groups", headline=True),
        found(id="a.f", answer="Energy <b>fell</b> *by* $5bn."),
        figure="car",
        data_to="prices to 14 August 2026",
    )
    top = BeautifulSoup(render(made, MANIFEST), "html.parser").select_one("main > :first-child")
    assert [words(one) for one in top.select(".lead p")] == [
        "Cars rose 6 %.",
        "Interval: 4 to 8.6 % (90 % of draws). Claimed: a rise of 9 %. Rests on data.",
    ]
    assert [words(one) for one in top.select(".cards li")] == [
        "How far? \N{MINUS SIGN}$3bn Claimed: a rise of 9 %. Rests on a model.",
        "How far? A fifth. Rests on data.",
        "How far? 2 groups Rests on data.",
    ]
    assert [one["id"] for one in top.select("[id^='finding']")] == [
        f"finding-a-{letter}" for letter in "bcdef"
    ]
    order = [top.select_one(one).sourceline for one in (".lead", ".cards", "figure", ".known")]
    assert order == sorted(order)
    assert words(top.select_one(".known")).startswith("Prices to 14 August 2026.")
    assert "Energy <b>fell</b> *by* $5bn. Rests on data." in words(top.select_one(".more"))


def test_the_headline_figure_leaves_a_link_at_its_place():
    made = with_findings(*four(), figure="car", data_to="now")
    soup = BeautifulSoup(render(made, MANIFEST), "html.parser")
    assert [one["id"] for one in soup.select("figure")] == ["figure-car", "figure-head"]
    assert words(soup.select_one("#cars ~ .note")) == "Figure 1 stands at the top of the page."
    assert soup.select_one("#cars ~ .note a")["href"] == "#figure-car"


@pytest.mark.parametrize(
    ("heads", "beside", "told"),
    [
        (4, {"figure": "cars", "data_to": "now"}, "the name of a figure; found 'cars'"),
        (4, {"data_to": "now"}, "figure= of Findings; found none"),
        (4, {"figure": "car"}, "data_to= of Findings; found none"),
        (3, {"figure": "car", "data_to": "now"}, "3 to 5 more headlines; found 3"),
        (7, {"figure": "car", "data_to": "now"}, "3 to 5 more headlines; found 7"),
    ],
)
def test_a_first_screen_that_lacks_a_part_is_refused(heads, beside, told):
    some = [found(id=f"a.f{number}", headline=True) for number in range(heads)]
    with pytest.raises(RenderError, match=re.escape(told)) as caught:
        render(with_findings(*some, **beside), MANIFEST)
    assert len(caught.value.faults) == 1


@pytest.mark.parametrize(
    ("answer", "numbers", "unit", "said"),
    [
        # Below −2.77 % of 3 April stood −3 %: the 3 was taken for the number as printed.
        ("SMH moved −2.77 % on 3 April 2025.", (-2.774,), "pct", ("−2.77\N{NO-BREAK SPACE}%", "")),
        # 20,000 in the sentence made 0 to 50,000 of 4,100 to 49,900: zero was the lower end.
        ("20,000.", (19_900.0, 4_123.0, 49_900.0), "jobs", ("20,000 jobs", "4,100 to 50,000 (.)")),
        # 20,000 was taken for the lower end as well.
        (
            "20,000.",
            (19_900.0, 16_234.0, 52_000.0),
            "jobs",
            ("20,000 jobs", "16,000 to 52,000 (.)"),
        ),
        ("6, 0.001.", (6.2, -0.00097, 8.6), "pp", ("6 points", "−0.001 to +8.6 (.)")),
        ("+1.1bn.", (1.079, -1.06, 2.09), "bn_usd", ("+$1.1bn", "−$1.1bn to +$2.1bn (.)")),
        ("+1.5bn.", (1.5, 0.63, 1.5), "bn_usd", ("+$1.5bn", "+$0.63bn to +$1.5bn (.)")),
        ("Many.", (217_223.0,), "jobs", ("220,000 jobs", "")),
        ("Less.", (12.5,), "points", ("12.5 points", "")),
        ("Few.", (0.201,), "share", ("", "")),
        ("Three.", (3.0,), "of_8_groups", ("3 of 8 groups", "")),
    ],
)
def test_a_number_reads_as_a_person_says_it(answer, numbers, unit, said):
    told = dict(zip(("value", "low", "high"), numbers, strict=False))
    interval = "." if "low" in told else ""
    assert amount(found(answer=answer, unit=unit, interval=interval, **told)) == said


def test_a_number_keeps_ten_digits_that_any_processor_gives():
    assert found(value=1.23456789012345, unit="pct").value == 1.234567890


def test_a_table_wider_than_seven_columns_is_refused_by_name():
    row = "".join(f"<td>{number}</td>" for number in range(7))
    wide = f"<table><caption>Wide</caption><tr>{row}</tr><tr><td colspan=8>8</td></tr></table>"
    ours = nb.new_markdown_cell("## Cars\n\n" + "| a " * 7 + "|\n" + "|--" * 7 + "|\n")
    error = refused(ours, code("x", shown("text/html", wide)))
    assert [(one.where, one.found) for one in error.faults] == [("Table 2: Wide", "8")]


def test_contents_lead_to_the_headings():
    soup = page(nb.new_markdown_cell("## One\n\n### Deeper\n\n#### Deepest\n\n## Two"))
    links = [(words(one), one["href"]) for one in soup.select("nav a")]
    assert links == [
        ("Key findings", "#key-findings"),
        ("One", "#one"),
        ("Deeper", "#deeper"),
        ("Two", "#two"),
        ("How this report was made", "#provenance"),
        ("Downloads", "#downloads"),
        ("How to cite", "#cite"),
    ]
    assert all(soup.find(id=href[1:]) for _, href in links)


def test_parameters_say_what_was_changed():
    rows = [
        [words(cell) for cell in row.select("th, td")] for row in page().select(".parameters tr")
    ]
    assert rows[1][:2] == ["event_id", "consultation_2"]
    assert rows[1][3] == "default"
    assert rows[2][:2] == ["window", "[-3, 4]"]
    assert rows[2][2:] == ["first and last session", "changed from [0, 1]"]
    assert words(page().select_one(".parameters summary")) == "Parameters: window changed"


def test_checks_count_their_assertions_at_their_place():
    made = notebook()
    made.cells.insert(-1, nb.new_markdown_cell("## Checks\n\nWhat the text quotes."))
    soup = BeautifulSoup(render(made, MANIFEST), "html.parser")
    after = soup.select("#checks ~ *")
    assert [one.name for one in after] == ["p", "p", "details"]
    assert words(after[0]) == "What the text quotes."
    assert words(after[1]).endswith("All of its 2 assertions hold.")
    assert "assert 1 == 1" in words(after[2])


def test_provenance_names_data_versions_and_commit():
    footer = page().select_one("footer")
    told = words(footer)
    for expected in (
        "24 November 2026, 10:12 UTC",
        "14 seconds",
        "25a7794 with uncommitted changes",
        "deal/events",
        "Dated events. White House",
        "e" * 64,
        "mine.csv",
        "m" * 64,
        "pandas 3.1.1",
        "l" * 64,
    ):
        assert expected in told


def test_scenario_is_named():
    told = {"scenario": "all_calm", "scenario_reason": "What if <nothing> had happened?"}
    assert words(page(**told).title) == "Market reactions: All calm"
    soup = page(scenario_title="Nothing happened", **told)
    assert words(soup.title) == "Market reactions: Nothing happened"
    assert (
        words(soup.select_one(".scenario")) == "Nothing happened. What if <nothing> had happened?"
    )
    assert "all_calm" not in words(soup.header) + words(soup.main)
    assert "Market reactions: Nothing happened." in words(soup.select_one(".cite"))


def test_how_to_cite_and_what_stands_beside_the_page():
    made = with_findings(*four(), figure="car", data_to="prices to 14 August 2026")
    soup = BeautifulSoup(render(made, MANIFEST), "html.parser")
    about = yaml.safe_load((paths.root() / "CITATION.cff").read_text(encoding="utf-8"))
    cited = words(soup.select_one(".cite"))
    assert f"A report of {about['title']}, version {about['version']}, commit 25a7794." in cited
    assert cited.endswith("Prices to 14 August 2026. Built on 24 November 2026, 10:12 UTC.")
    run = MANIFEST["run"]
    beside = [one["href"] for one in soup.select("a[download]") if "data:" not in one["href"]]
    assert beside == [f"{run}.xlsx", f"{run}.findings.json", "results.csv"]


def test_a_run_of_other_parameters_says_so_first():
    assert words(page().select_one("header .scenario")) == "Not the usual run. Changed: window."


# Figures


def pixels(address):
    content = base64.b64decode(address.rpartition(",")[2])
    return Image.open(io.BytesIO(content)).convert("RGB").tobytes()


def test_figure_has_words_size_and_data():
    made = figure(picture=png((200, 100), dpi=192), alt='Cars "rose" <6 %>', csv="a,b\n1,¥2\n")
    soup = page(code("plot()", made)).select_one("#figure-car")
    assert soup["id"] == "figure-car"
    assert soup.img["alt"] == 'Cars "rose" <6 %>'
    assert (soup.img["width"], soup.img["height"]) == ("100", "50")
    assert pixels(soup.img["src"]) == pixels(png((200, 100), dpi=192))
    assert words(soup.figcaption).startswith("Figure 1. Cars rose Source: JPX.")
    link = soup.find("a", download="car.csv")
    assert unquote(link["href"].partition(",")[2]) == "a,b\n1,¥2\n"


def test_a_phone_takes_the_narrow_picture():
    told, narrow = {"rows": [10, 40]}, png((90, 60), dpi=120)
    made = figure(picture=png((200, 50), dpi=120), narrow=narrow, **told)
    soup = page(code("plot()", made)).select_one("#figure-car picture")
    source, wide = soup.source, soup.img
    assert pixels(source["srcset"]) == pixels(narrow)
    assert "max-width" in source["media"]
    assert (source["width"], source["height"]) == ("72", "48")
    assert (wide["width"], wide["height"]) == ("160", "24"), "title and source are cut off"


def test_a_figure_needs_words_and_a_name_of_its_own():
    assert "a picture alone" in str(refused(code("x", shown("image/png", png()))))
    assert "comes once; found 'car'" in str(refused(code("a", figure()), code("b", figure())))


def test_a_report_that_is_too_large_is_refused():
    error = refused(code("plot()", figure("noise", png((900, 900), noise=True))))
    assert f"less than {MAX_BYTES / 1000:,.0f} kB" in str(error)


# Downloads


def test_notebook_inside_the_page_is_the_executed_one_without_pictures():
    made = notebook(code("plot()", figure(csv="a\n7\n")))
    before = nbformat.writes(made)
    soup = BeautifulSoup(render(made, MANIFEST), "html.parser")
    link = soup.find("a", download="01_market_reactions__long.ipynb")
    inside = json.loads(unquote(link["href"].partition(",")[2]))
    assert [cell["id"] for cell in inside["cells"]] == [cell.id for cell in made.cells]
    data = inside["cells"][3]["outputs"][0]["data"]
    assert set(data) == {FIGURE_JSON}
    assert set(data[FIGURE_JSON]) == {"name", "title", "alt", "source"}
    assert nbformat.writes(made) == before, "the caller's notebook was changed"


# Refusals


STDERR = nb.new_output("stream", name="stderr", text="FutureWarning: soon\n")


@pytest.mark.parametrize(
    ("output", "told"),
    [
        (STDERR, "FutureWarning: soon"),
        (shown("text/html", "<script>alert(1)</script>"), "script"),
        (nb.new_output("display_data", data={"application/x-widget": "1"}), "application/x-widget"),
        (shown("text/markdown", "$\\foo$"), r"\foo"),
        (shown("text/latex", "$$a^$$"), "a^"),
    ],
)
def test_what_does_not_belong_in_a_report_is_refused(output, told):
    assert told in str(refused(code("x", output)))


@pytest.mark.parametrize("tag", ["findings", "assertions"])
def test_a_notebook_without_findings_or_checks_is_refused(tag):
    made = notebook()
    made.cells = [cell for cell in made.cells if tag not in cell.metadata.get("tags", [])]
    with pytest.raises(RenderError, match=f"tagged '{tag}'"):
        render(made, MANIFEST)


def test_a_second_title_is_refused():
    assert "'Again'" in str(refused(nb.new_markdown_cell("# Again")))


# Nothing untrusted becomes markup, nothing leads out

BOMB = "<img src=x onerror=alert(1)>\"'</title></style><script>alert(1)</script>"


def test_untrusted_text_is_escaped_everywhere():
    made = notebook(
        nb.new_markdown_cell(f"## Heading {BOMB}\n\n{BOMB}"),
        code(f"# {BOMB}", nb.new_output("stream", text=f"\x1b[31m{BOMB}\x1b[0m")),
        code(
            "x",
            shown("text/markdown", BOMB),
            nb.new_output("display_data", data={"text/plain": BOMB}),
        ),
        code("y", figure(title=BOMB, alt=BOMB, source=BOMB, csv=BOMB)),
        findings=BOMB,
    )
    hostile = MANIFEST | {
        "title": BOMB,
        "question": BOMB,
        "scenario": BOMB,
        "scenario_reason": BOMB,
        "run": "01_market_reactions__x",
        "parameters": {"event_id": BOMB, BOMB: [BOMB]},
        "versions": {BOMB: BOMB},
        "sources": {"deal/events": {"title": BOMB, "authority": BOMB}},
        "commit": BOMB,
    }
    soup = BeautifulSoup(render(made, hostile), "html.parser")
    assert len(soup.find_all("script")) == 1
    assert len(soup.find_all("style")) == 1
    assert [img["alt"] for img in soup.find_all("img")] == ["A chart", BOMB]
    assert not [one for one in soup.find_all(True) if any(k.startswith("on") for k in one.attrs)]
