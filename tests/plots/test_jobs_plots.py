"""Pictures of jobs, on made-up tables, against stored ones."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest
from matplotlib.figure import Figure
from matplotlib.testing.compare import compare_images

from research.errors import InputError
from research.plots import jobs as plots

#: RMS difference of pixel values that other builds of FreeType may make.
TOLERANCE = 8

BASELINE = Path(__file__).parent / "baseline"

MONEY, JOBS = "USD bn", "thousand jobs a year"


def ladder() -> pd.DataFrame:
    rows = [
        ("Pledged", MONEY, 550, 550, 550, "level"),
        ("Selected for projects", MONEY, 248, 71, 478, "level"),
        ("Financed", MONEY, 158, 41, 334, "level"),
        ("Additional to plans that existed", MONEY, 67, 14, 179, "level"),
        ("Built by 2036", MONEY, 58, 11, 160, "level"),
        ("Bought in the United States", MONEY, 42, 8.2, 118, "level"),
        ("Building", JOBS, 14.2, 3.1, 39, "step"),
        ("Suppliers", JOBS, 9.6, 1.9, 27, "step"),
        ("Households' spending", JOBS, 11.3, 1.8, 34, "step"),
        ("Gross", JOBS, 35.1, 7.0, 99, "level"),
        ("Drawn from other jobs", JOBS, -24.7, -72, -3.9, "step"),
        ("Net", JOBS, 10.4, 0.7, 36, "level"),
    ]
    return pd.DataFrame(rows, columns=["label", "unit", "central", "low", "high", "kind"])


def phases() -> pd.DataFrame:
    years = np.arange(2026, 2037)
    building = 42 * np.exp(-(((years - 2030.5) / 2.6) ** 2))
    return pd.DataFrame(
        {"year": years, "building": building, "operation": 14 / (1 + np.exp(2031.5 - years))}
    )


def industries() -> pd.DataFrame:
    names = [
        "Construction", "Professional and technical services", "Machinery",
        "Administrative and support services", "Retail trade", "Fabricated metal products",
        "Hospitals", "Food services and drinking places", "Wholesale trade",
        "Electrical equipment, appliances and components", "Computers and electronics",
        "Truck transportation", "Ambulatory health care", "Primary metals", "Utilities",
        "Other services", "Warehousing", "Social assistance",
    ]  # fmt: skip
    mean = 9.5 * 0.82 ** np.arange(len(names))
    return pd.DataFrame({"industry": names, "mean": mean, "p5": 0.2 * mean, "p95": 2.7 * mean})


def literature() -> pd.DataFrame:
    ours, studies = "this model", "studies"
    rows = [
        ("Gross, with households", 6.1, 9.8, 14.9, ours),
        ("Net of jobs drawn from elsewhere", 0.0, 2.6, 6.4, ours),
        ("Chodorow-Reich (2019), cost of a job, survey of ARRA", 18, 20, 26.3, studies),
        ("Dupor and McCrory (2018), local labour markets", np.nan, 18.9, np.nan, studies),
        ("Council of Economic Advisers (2009)", np.nan, 10.9, np.nan, studies),
        ("Wilson (2012)", 6.7, np.nan, 8.0, studies),
        ("ABC (2025), construction jobs", np.nan, 3.55, np.nan, studies),
    ]
    return pd.DataFrame(rows, columns=["label", "low", "central", "high", "group"])


def plants() -> pd.DataFrame:
    rows = [
        ("Foxconn Wisconsin", 0.079, "staff"),
        ("TSMC Arizona", 0.5, "staff"),
        ("Intel Ohio", 0.114, "builders"),
        ("Intel Ohio", 0.0, "staff"),
        ("Vogtle 3 and 4", 1.8, "builders"),
        ("Golden Pass LNG", 1.33, "builders"),
    ]
    return pd.DataFrame(rows, columns=["label", "ratio", "what"])


def draw_ladder(frame: pd.DataFrame | None = None) -> Figure:
    frame = ladder() if frame is None else frame
    title = "Of 550 bn pledged, 42 bn are bought in the country and hold 35,000 jobs a year"
    return plots.plot_ladder(frame, title, "made up")


def draw_phases(frame: pd.DataFrame | None = None) -> Figure:
    frame = phases() if frame is None else frame
    return plots.plot_phases(frame, "Most jobs end with the building", "made up")


def draw_industries(frame: pd.DataFrame | None = None) -> Figure:
    frame = industries() if frame is None else frame
    return plots.plot_industries(frame, "Construction has most of the jobs", "made up")


def draw_literature(frame: pd.DataFrame | None = None) -> Figure:
    frame = literature() if frame is None else frame
    return plots.plot_literature(frame, "The model finds less than studies do", "made up")


def draw_plants(frame: pd.DataFrame | None = None) -> Figure:
    frame = plants() if frame is None else frame
    return plots.plot_plants(frame, "Two of five plants brought what they said", "made up")


compared = pytest.mark.mpl_image_compare(
    baseline_dir="baseline", tolerance=TOLERANCE, style="default", savefig_kwargs={"dpi": 80}
)


@compared
def test_job_ladder() -> Figure:
    return draw_ladder()


@compared
def test_job_phases() -> Figure:
    return draw_phases()


@compared
def test_job_industries() -> Figure:
    return draw_industries()


@compared
def test_job_literature() -> Figure:
    return draw_literature()


@compared
def test_job_plants() -> Figure:
    return draw_plants()


@pytest.mark.parametrize(
    ("figure", "name"),
    [
        (lambda: draw_ladder(ladder().replace({248.0: 330.0})), "job_ladder"),
        (lambda: draw_phases(phases().assign(operation=4)), "job_phases"),
        (lambda: draw_industries(industries().assign(mean=1.0)), "job_industries"),
        (lambda: draw_literature(literature().replace({9.8: 14.8})), "job_literature"),
        (lambda: draw_plants(plants().assign(ratio=0.5)), "job_plants"),
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


def bars(figure: Figure, panel: int = 0) -> list[tuple[float, float]]:
    """Left and right end of the bars of a panel."""
    axes = figure.findobj(plt.Axes)[panel]
    return [(bar.get_x(), bar.get_x() + bar.get_width()) for bar in axes.patches]


def test_levels_stand_on_zero_and_steps_on_the_row_before() -> None:
    found = bars(draw_ladder(), panel=1)
    expected = [(0, 14.2), (14.2, 23.8), (23.8, 35.1), (0, 35.1), (35.1, 10.4), (0, 10.4)]
    np.testing.assert_allclose(found, expected, atol=1e-9)


def test_steps_keep_the_sum_of_any_ladder() -> None:
    steps = np.random.default_rng(7).normal(size=20)
    frame = pd.DataFrame(
        {"label": [f"part {n}" for n in range(20)], "unit": JOBS, "kind": "step", "central": steps}
    ).assign(low=np.nan, high=np.nan)
    right = [end for _, end in bars(draw_ladder(frame))]
    np.testing.assert_allclose(right, np.cumsum(steps))


def test_a_loss_differs_without_colour() -> None:
    axes = draw_ladder().findobj(plt.Axes)[1]
    hatched = [bool(bar.get_hatch()) for bar in axes.patches]
    assert hatched == [False, False, False, False, True, False]


def test_industries_are_sorted_and_the_others_summed() -> None:
    shuffled = industries().sample(frac=1, random_state=3)
    figure = draw_industries(shuffled)
    widths = [right for _, right in bars(figure)]
    mean = industries()["mean"].to_numpy()
    np.testing.assert_allclose(widths, [*mean[:15], mean[15:].sum()])
    assert "3 other industries" in texts(figure)


def test_no_others_where_all_are_shown() -> None:
    assert not any(
        "other industr" in text for text in texts(draw_industries(industries().head(15)))
    )


def test_phases_add_up() -> None:
    axes = draw_phases().findobj(plt.Axes)[0]
    tops = [bar.get_y() + bar.get_height() for bar in axes.patches]
    frame = phases()
    total = frame["building"] + frame["operation"]
    np.testing.assert_allclose(tops[len(frame) :], total)


def test_bars_of_years_stand_on_zero_even_without_building() -> None:
    frame = phases().assign(building=1e-9)
    assert draw_phases(frame).findobj(plt.Axes)[0].get_ylim()[0] == 0


def test_only_figures_below_zero_have_an_arrow() -> None:
    def arrows(figure: Figure) -> int:
        lines = figure.findobj(plt.Line2D)
        return sum(len(line.get_xdata()) for line in lines if line.get_marker() == "<")

    assert arrows(draw_literature()) == 1
    assert arrows(draw_plants()) == 1
    assert arrows(draw_literature(literature().replace({0.0: 0.5}))) == 0
    assert arrows(draw_plants(plants().query("ratio > 0"))) == 0


def test_a_plant_with_two_counts_has_one_row() -> None:
    assert "builders 0.11; staff 0" in texts(draw_plants())


def test_a_row_without_a_central_figure_shows_its_range() -> None:
    assert "6.7 to 8.0" in texts(draw_literature())


def test_the_axis_fills_the_figure_with_and_without_arrows() -> None:
    for frame in (literature(), literature().replace({0.0: 0.5})):
        figure = draw_literature(frame)
        figure.draw_without_rendering()
        assert figure.findobj(plt.Axes)[0].get_position().height > 0.7


LADDER, PLANTS, STUDIES = ladder(), plants(), literature()


@pytest.mark.parametrize(
    ("draw", "frame", "message"),
    [
        (draw_ladder, LADDER.drop(columns="unit"), "a column unit"),
        (draw_ladder, LADDER.head(0), "at least one row"),
        (draw_ladder, LADDER.replace({"step": "part"}), "'level' or 'step'; found 'part'"),
        (draw_ladder, LADDER.replace({248.0: np.nan}), "central, row 1: asked for a finite number"),
        (draw_ladder, LADDER.replace({478: -478}), "figures that do not fall"),
        (draw_ladder, LADDER.replace({"Gross": "Net"}), "two of thousand jobs a year, Net"),
        (draw_ladder, LADDER.replace({"Gross": " "}), "label, row 9: asked for a text"),
        (draw_ladder, LADDER.assign(low="few"), "low: asked for numbers"),
        (draw_phases, phases().assign(building=-1.0), "zero or more; found -1"),
        (draw_phases, pd.concat([phases(), phases().head(1)]), "one row for each year"),
        (draw_industries, industries().assign(p5=np.inf), "a finite number; found inf"),
        (draw_industries, industries().assign(industry="Steel"), "two of Steel"),
        (draw_literature, STUDIES.replace({"studies": "study"}), "found 'study'"),
        (draw_literature, STUDIES.replace({3.55: np.nan}), "'ABC .*at least one figure"),
        (draw_literature, STUDIES.assign(low=0.0, central=0.0, high=0.0), "axis in logs"),
        (draw_plants, PLANTS.replace({0.5: -0.5}), "zero or more; found -0.5"),
        (draw_plants, PLANTS.replace({0.5: np.nan}), "Leave the row out"),
        (draw_plants, PLANTS.assign(label="Foxconn"), "two of Foxconn, staff"),
        (draw_plants, PLANTS.assign(what=list("abcdef")), "four kinds at most; found 6"),
    ],
)  # fmt: skip
def test_frames_that_do_not_fit_are_refused(
    draw: Callable[[pd.DataFrame], Figure], frame: pd.DataFrame, message: str
) -> None:
    with pytest.raises(InputError, match=message):
        draw(frame)


def test_all_faults_are_told_at_once() -> None:
    with pytest.raises(InputError) as caught:
        draw_ladder(ladder().assign(low=np.inf, central=np.nan))
    assert len(caught.value.faults) == 2 * len(ladder())


def test_largest_below_one_is_refused() -> None:
    with pytest.raises(InputError, match="one industry or more; found 0"):
        plots.plot_industries(industries(), "Nothing", "made up", largest=0)


def test_frames_are_left_as_they_were() -> None:
    for draw, make in (
        (draw_ladder, ladder), (draw_phases, phases), (draw_industries, industries),
        (draw_literature, literature), (draw_plants, plants),
    ):  # fmt: skip
        frame = make()
        draw(frame)
        pd.testing.assert_frame_equal(frame, make())


def test_pyplot_is_left_alone() -> None:
    draw_ladder()
    assert plt.get_fignums() == []
