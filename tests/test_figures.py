"""A figure carries its description and its data, and refuses to go without them."""

import base64
import io

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest
from PIL import Image

from research import paths
from research.errors import InputError
from research.figures import DPI, MIME, Figure, drawings, read_out, rewritten
from research.report.charts.charts import lines
from research.report.charts.draw import new_figure


def make(**changes):
    frame = pd.DataFrame({"x": [0, 1], "y": [0, 1]})
    canvas = lines(frame, x="x", y="y", title="Prices rose", source="made up", height=1.5)
    fields = {
        "name": "prices",
        "title": "Prices rose",
        "alt": "A line that rises from 0 to 1.",
        "source": "made up",
        "data": pd.DataFrame({"day": [0, 1], "price_pct": [0.0, 1.23456789]}),
        "canvas": canvas,
    }
    return Figure(**(fields | changes))  # type: ignore[arg-type]


def test_bundle_has_picture_words_and_data():
    bundle = make()._repr_mimebundle_()
    assert bundle["text/plain"] == "Figure prices: A line that rises from 0 to 1."
    assert bundle[MIME]["csv"] == "day,price_pct\n0,0.0000\n1,1.2346\n"
    with Image.open(io.BytesIO(base64.b64decode(bundle["image/png"]))) as picture:
        assert picture.mode == "P"
        assert picture.width == 8 * DPI


def opened(png):
    return Image.open(io.BytesIO(png)).convert("RGB")


def test_drawings_have_neither_title_nor_source_and_one_is_narrow():
    bundle = make()._repr_mimebundle_()
    whole = opened(base64.b64decode(bundle["image/png"]))
    wide, narrow = map(opened, drawings(bundle))
    top, bottom = bundle[MIME]["rows"]
    assert wide.size == (8 * DPI, bottom - top)
    assert 1.45 * DPI < wide.height < 1.5 * DPI < whole.height - 0.5 * DPI
    assert narrow.width == 360 / 96 * DPI
    assert wide.tobytes() == whole.crop((0, top, whole.width, bottom)).tobytes()
    for words in ((0, 0, whole.width, top), (0, bottom, *whole.size)):
        assert whole.crop(words).convert("L").getextrema()[0] < 150, "no words were cut off"


def test_for_a_report_the_whole_picture_is_drawing(monkeypatch):
    titled = drawings(make()._repr_mimebundle_())
    monkeypatch.setenv("RESEARCH_OUTPUTS", "bare")
    bundle = make()._repr_mimebundle_()
    assert "rows" not in bundle[MIME]
    bare = drawings(bundle)
    assert [one[8:12] for one in bare] == [b"WEBP"] * 2
    assert opened(bare[1]).tobytes() == opened(titled[1]).tobytes()
    size = [opened(wide).size for wide, _ in (titled, bare)]
    assert np.abs(np.subtract(*size)).max() <= 4


def test_a_picture_of_other_means_is_both_drawings_as_it_is():
    canvas, _ = new_figure(1.0, "Prices rose", "made up")
    bundle = make(canvas=canvas)._repr_mimebundle_()
    assert drawings(bundle) == (base64.b64decode(bundle["image/png"]),) * 2


def test_picture_is_the_same_each_time():
    assert make()._repr_mimebundle_() == make()._repr_mimebundle_()


def test_where_findings_alone_are_wanted_nothing_is_drawn(monkeypatch):
    drawn = make()._repr_mimebundle_()
    monkeypatch.setenv("RESEARCH_OUTPUTS", "findings")
    monkeypatch.setattr("research.report.charts.draw.new_figure", None)
    monkeypatch.setattr("research.figures.packed", None)
    assert make()._repr_mimebundle_() == {"text/plain": drawn["text/plain"]}


def test_a_chart_is_drawn_once_for_all_who_ask_the_same(tmp_path, monkeypatch):
    (tmp_path / "data").symlink_to(paths.data())
    monkeypatch.setenv("RESEARCH_ROOT", str(tmp_path))
    monkeypatch.setenv("RESEARCH_SHARED", "strict")
    first = make()._repr_mimebundle_()
    monkeypatch.setattr("research.report.charts.draw.new_figure", None)
    assert make()._repr_mimebundle_() == first
    with plt.rc_context({"font.size": 7}), pytest.raises(TypeError):
        make()


def test_all_missing_parts_are_named_at_once():
    with pytest.raises(InputError) as caught:
        make(alt=" ", source="", name="Bad Name", data=pd.DataFrame())
    message = str(caught.value)
    for part in ("alt", "source", "'Bad Name'", "an empty table"):
        assert part in message


def signs_drawn(title, tick=""):
    canvas, body = new_figure(1.0, title, "made up")
    body.add_subplot().set_yticks([0], [tick])
    return drawings(make(canvas=canvas)._repr_mimebundle_())[0]


def test_signs_that_the_font_lacks_are_drawn_without_a_warning():
    assert len({signs_drawn(sign, sign) for sign in "é¥→日"}) == 4


def colours(picture):
    return len(opened(picture).getcolors(10**6))


@pytest.mark.parametrize(("smooth", "least", "most"), [(False, 2, 128), (True, 129, 256)])
def test_few_colours_where_they_do_and_many_where_colours_run(smooth, least, most):
    canvas, body = new_figure(3.0, "Prices rose", "made up")
    axes = body.add_subplot()
    if smooth:
        axes.imshow(np.random.default_rng(3).normal(size=(30, 40)), cmap="RdBu", aspect="auto")
    else:
        axes.plot([0, 1, 0, 2])
    png = drawings(make(canvas=canvas)._repr_mimebundle_())[0]
    assert least <= colours(png) <= most
    webp = rewritten(png, "webp")
    assert colours(webp) == colours(png)
    assert opened(rewritten(webp, "png")).tobytes() == opened(png).tobytes()


@pytest.mark.parametrize(
    ("signs", "text"), [(True, "+2.0 (+1.0 to +3.0)"), (False, "2.0 (1.0 to 3.0)")]
)
def test_rows_are_read_out(signs, text):
    data = pd.DataFrame({"name": ["A", "B"], "x": [2.0, -1.0], "low": [1.0, -1], "high": [3.0, -1]})
    read = read_out("Bars:", data, label="name", value="x", interval=("low", "high"), signs=signs)
    assert read == f"Bars: A: {text}; B: \N{MINUS SIGN}1.0."
