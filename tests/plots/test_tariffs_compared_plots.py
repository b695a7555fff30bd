"""Pictures of models beside each other, on made-up tables, against stored ones."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest
from matplotlib.figure import Figure
from matplotlib.testing.compare import compare_images

from research.errors import InputError
from research.plots import tariffs_compared as plots

#: RMS difference of pixel values that other builds of FreeType may make.
TOLERANCE = 8

BASELINE = Path(__file__).parent / "baseline"


def models() -> pd.DataFrame:
    nan = np.nan
    rows = [
        ("Partial, one sector at a time (Armington)", -31.2, 17.4, nan, nan),
        ("Partial, all markets (GSIM)", -27.5, 18.1, -0.02, nan),
        ("General, one sector", -36.0, 15.9, 0.031, -0.11),
        ("General, many sectors with inputs", -29.4, 16.2, 0.012, -0.16),
    ]
    columns = [
        "model", "imports from Japan, %", "revenue, USD bn a year",
        "welfare of the United States, % of income", "welfare of Japan, % of income",
    ]  # fmt: skip
    return pd.DataFrame(rows, columns=columns)


def forecasts() -> pd.DataFrame:
    ours, theirs, nan = "this repository", "forecast", np.nan
    rows = [
        (ours, "General, many sectors", -0.31, -0.16, -0.09),
        (ours, "General, one sector", -0.14, -0.11, -0.06),
        (theirs, "Bank of Japan (July 2025)", -0.6, -0.4, -0.2),
        (theirs, "Daiwa Institute of Research (2025), without the deal", -1.3, -1.3, -1.3),
        (theirs, "Nomura Research Institute (2025)", nan, -0.55, nan),
        (theirs, "A house that gave a range alone", -0.8, nan, 0.1),
    ]
    return pd.DataFrame(rows, columns=["group", "label", "low", "central", "high"])


def tornado() -> pd.DataFrame:
    rows = [
        ("Share of goods that comply", "60 %", "95 %", -0.10, -0.12),
        ("Elasticity between origins", "2", "8", -0.05, -0.21),
        ("Pass-through to import prices", "50 %", "100 %", -0.19, -0.07),
        ("Share of cars made in Mexico and Canada instead", "none", "a third", -0.11, -0.15),
        ("Answer of the yen", "fixed", "10 % weaker", -0.11, -0.08),
    ]
    return pd.DataFrame(rows, columns=["driver", "low_label", "high_label", "at_low", "at_high"])


def draw_models(frame: pd.DataFrame | None = None) -> Figure:
    frame = models() if frame is None else frame
    title = "Four models agree on revenue, two of them say nothing of Japan's income"
    return plots.plot_models(frame, title, "made up")


def draw_forecasts(frame: pd.DataFrame | None = None) -> Figure:
    frame = forecasts() if frame is None else frame
    title = "Forecasters saw two to ten times the loss that the models find"
    unit = "change of Japan's income, %"
    return plots.plot_forecasts(frame, title, "made up", unit=unit)


def draw_tornado(frame: pd.DataFrame | None = None, base: float = -0.11) -> Figure:
    frame = tornado() if frame is None else frame
    title = "How easily buyers change between origins matters most"
    return plots.plot_tornado(frame, base, title, "made up", "welfare of Japan, % of income")


compared = pytest.mark.mpl_image_compare(
    baseline_dir="baseline", tolerance=TOLERANCE, style="default", savefig_kwargs={"dpi": 80}
)


@compared
def test_tariff_models() -> Figure:
    return draw_models()


@compared
def test_tariff_forecasts() -> Figure:
    return draw_forecasts()


@compared
def test_tariff_tornado() -> Figure:
    return draw_tornado()


@pytest.mark.parametrize(
    ("figure", "name"),
    [
        (lambda: draw_models(models().replace({17.4: np.nan, -31.2: 3.0})), "tariff_models"),
        (lambda: draw_forecasts(forecasts().replace({-1.3: -0.3})), "tariff_forecasts"),
        (lambda: draw_tornado(base=-0.2), "tariff_tornado"),
    ],
)
def test_a_changed_plot_is_caught(figure: Callable[[], Figure], name: str, tmp_path: Path) -> None:
    figure().savefig(tmp_path / "changed.png", dpi=80)
    (tmp_path / "expected.png").write_bytes((BASELINE / f"test_{name}.png").read_bytes())
    message = compare_images(
        str(tmp_path / "expected.png"), str(tmp_path / "changed.png"), TOLERANCE
    )
    assert message is not None


def texts(figure: Figure) -> list[str]:
    return [text.get_text() for text in figure.findobj(plt.Text)]


def plain(*words: str) -> list[str]:
    return [word.replace("-", "\N{MINUS SIGN}") for word in words]


def test_every_figure_of_every_model_is_printed() -> None:
    found = texts(draw_models())
    assert found.count("not in this model") == models().isna().sum(axis=None)
    assert set(plain("-31.2", "17.4", "-0.020", "0.031", "-0.160")) <= set(found)


def test_models_keep_their_row_in_every_panel() -> None:
    panels = draw_models().findobj(plt.Axes)
    for axes, measure in zip(panels, list(models().columns)[1:], strict=True):
        (points,) = (line for line in axes.lines if line.get_marker() == "o")
        known = models()[measure].notna().to_numpy()
        np.testing.assert_array_equal(points.get_ydata(), known.nonzero()[0])
        np.testing.assert_array_equal(points.get_xdata(), models().loc[known, measure])


def test_forecasts_show_what_is_known() -> None:
    found = texts(draw_forecasts())
    assert set(plain("-1.30", "-0.55", "-0.80 to +0.10", "-0.16 (-0.31 to -0.09)")) <= set(found)


def test_figures_of_this_repository_are_bold_and_square() -> None:
    axes = draw_forecasts().findobj(plt.Axes)[0]
    bold = [label.get_fontweight() == "bold" for label in axes.get_yticklabels()]
    assert bold == [True, True, False, False, False, False]


def test_one_group_alone_is_drawn() -> None:
    found = texts(draw_forecasts(forecasts().query("group == 'forecast'")))
    assert "forecast" in found
    assert "this repository" not in found


def order(figure: Figure) -> list[str]:
    axes = figure.findobj(plt.Axes)[0]
    return [label.get_text().replace("\n", " ") for label in axes.get_yticklabels()]


def test_the_widest_driver_stands_on_top() -> None:
    found = order(draw_tornado())
    assert found[:2] == ["Elasticity between origins", "Pass-through to import prices"]
    assert found[-1] == "Share of goods that comply"


def test_a_driver_that_moves_one_way_counts_from_the_base() -> None:
    frame = tornado()
    frame.loc[3, ["at_low", "at_high"]] = [-0.29, -0.30]
    assert order(draw_tornado(frame))[0].startswith("Share of cars")


def test_bars_of_a_tornado_run_from_base_to_result() -> None:
    low, high = draw_tornado().findobj(plt.Axes)[0].containers
    rows = tornado().set_index("driver").loc[order(draw_tornado())]
    for bars, column in ((low, "at_low"), (high, "at_high")):
        np.testing.assert_allclose([bar.get_x() for bar in bars], -0.11)
        np.testing.assert_allclose([bar.get_x() + bar.get_width() for bar in bars], rows[column])


@pytest.mark.parametrize(
    "frame", [tornado(), tornado().assign(low_label="W" * 7 + "i" * 7, high_label="a long label x")]
)
def test_words_at_bars_stay_within_the_axes(frame: pd.DataFrame) -> None:
    figure = draw_tornado(frame)
    figure.draw_without_rendering()
    axes = figure.findobj(plt.Axes)[0]
    edges = axes.get_window_extent()
    labels = {*frame["low_label"], *frame["high_label"]}
    boxes = [text.get_window_extent() for text in axes.texts if text.get_text() in labels]
    assert len(boxes) == 2 * len(frame)
    assert all(edges.x0 <= box.x0 and box.x1 <= edges.x1 for box in boxes)


def test_ticks_with_many_decimals_do_not_touch() -> None:
    frame = tornado().assign(
        at_low=-0.0046, at_high=0.0100, low_label="a fifth", high_label="close"
    )
    figure = draw_tornado(frame, base=0.0071)
    figure.draw_without_rendering()
    (axes,) = figure.findobj(plt.Axes)
    labels = zip(axes.get_xticks(), axes.get_xticklabels(), strict=True)
    low, high = axes.get_xlim()
    boxes = [label.get_window_extent() for at, label in labels if low <= at <= high]
    assert len(boxes) > 3
    assert all(two.x0 - one.x1 > 5 for one, two in pairwise(boxes))


MODELS, FORECASTS, TORNADO = models(), forecasts(), tornado()


@pytest.mark.parametrize(
    ("draw", "frame", "message"),
    [
        (draw_models, MODELS[["model"]], "a column for each measure"),
        (draw_models, MODELS.drop(columns="model"), "a column model"),
        (draw_models, MODELS.assign(none=np.nan), "measure 'none': .*one model or more"),
        (draw_models, MODELS.assign(model="general"), "two of general"),
        (draw_models, MODELS.assign(jobs="many"), "jobs: asked for numbers"),
        (draw_forecasts, FORECASTS.replace({"forecast": "guess"}), "found 'guess'"),
        (draw_forecasts, FORECASTS.assign(low=0.0), "figures that do not fall"),
        (draw_forecasts, FORECASTS.replace({-0.55: np.nan}), "'Nomura .*at least one figure"),
        (draw_forecasts, FORECASTS.drop(columns="group"), "a column group"),
        (draw_tornado, TORNADO.assign(at_low=np.inf), "a finite number; found inf"),
        (draw_tornado, TORNADO.assign(driver="wages"), "two of wages"),
        (draw_tornado, TORNADO.replace({"none": "nothing at all moves"}),
         "low_label, row 3: asked for 14 characters at most"),
        (draw_tornado, TORNADO.assign(low_label=""), "low_label, row 0: asked for a text"),
    ],
)  # fmt: skip
def test_frames_that_do_not_fit_are_refused(
    draw: Callable[[pd.DataFrame], Figure], frame: pd.DataFrame, message: str
) -> None:
    with pytest.raises(InputError, match=message):
        draw(frame)


def test_a_base_that_is_no_number_is_refused() -> None:
    with pytest.raises(InputError, match="base: asked for a finite number; found nan"):
        draw_tornado(base=np.nan)


def test_frames_are_left_as_they_were() -> None:
    for draw, make in (
        (draw_models, models), (draw_forecasts, forecasts), (draw_tornado, tornado),
    ):  # fmt: skip
        frame = make()
        draw(frame)
        pd.testing.assert_frame_equal(frame, make())
