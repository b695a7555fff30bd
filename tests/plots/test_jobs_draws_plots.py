"""Pictures of the draws of the jobs model, on made-up tables, against stored ones."""

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
from research.plots import jobs_draws as plots

#: RMS difference of pixel values that other builds of FreeType may make.
TOLERANCE = 8

BASELINE = Path(__file__).parent / "baseline"

LEVELS = pd.Series({"hundreds of thousands": 200.0, "forecast of the CHIPS Act": 185.0})
CHANCES = pd.Series({"50,000": 50.0, "100,000": 100.0, "200,000": 200.0})


def years() -> pd.DataFrame:
    year = np.arange(2026, 2037)
    shape = np.exp(-(((year - 2031) / 3.2) ** 2))
    parts = [
        pd.DataFrame(
            {"year": year, "series": series}
            | {
                name: peak * share * shape
                for name, share in (
                    ("p5", 0.2), ("p25", 0.55), ("median", 1.0), ("p75", 1.6), ("p95", 2.9)
                )
            }
        )
        for series, peak in (("gross", 52.0), ("net", 17.0))
    ]  # fmt: skip
    return pd.concat(parts, ignore_index=True)


def exceedance() -> pd.DataFrame:
    probability = np.linspace(0.999, 0.001, 120)
    odds = np.log((1 - probability) / probability)
    parts = [
        pd.DataFrame(
            {
                "series": series,
                "jobs_thousand": median * np.exp(width * odds),
                "probability": probability,
            }
        )
        for series, median, width in (
            ("gross, all states", 38.0, 0.42), ("net, all states", 12.0, 0.5),
            ("gross, the states named", 16.0, 0.45),
        )
    ]  # fmt: skip
    return pd.concat(parts, ignore_index=True)


def drivers() -> pd.DataFrame:
    rows = [
        ("share selected", 0.31, 0.38, 0.04),
        ("share additional", 0.24, 0.31, 0.04),
        ("crowding out", 0.12, 0.16, 0.02),
        ("share financed", 0.07, 0.1, 0.02),
        ("import factor", 0.03, 0.04, 0.01),
        ("delay", 0.02, 0.03, 0.01),
        ("growth of productivity", 0.004, 0.005, 0.004),
        ("leak of labour income (taxes, saving, commuting)", -0.002, 0.003, 0.004),
    ]
    return pd.DataFrame(rows, columns=["label", "first", "total", "conf"]).iloc[::-1]


def draw_years(frame: pd.DataFrame | None = None, marks: pd.Series = LEVELS) -> Figure:
    frame = years() if frame is None else frame
    return plots.plot_years(frame, marks, "No year comes near hundreds of thousands", "made up")


def draw_exceedance(frame: pd.DataFrame | None = None, marks: pd.Series = CHANCES) -> Figure:
    frame = exceedance() if frame is None else frame
    return plots.plot_exceedance(frame, marks, "Six in ten draws stay below 50,000", "made up")


def draw_drivers(frame: pd.DataFrame | None = None) -> Figure:
    frame = drivers() if frame is None else frame
    return plots.plot_drivers(frame, "Two shares make most of the spread", "made up")


compared = pytest.mark.mpl_image_compare(
    baseline_dir="baseline", tolerance=TOLERANCE, style="default", savefig_kwargs={"dpi": 80}
)


@compared
def test_job_years() -> Figure:
    return draw_years()


@compared
def test_job_exceedance() -> Figure:
    return draw_exceedance()


@compared
def test_job_drivers() -> Figure:
    return draw_drivers()


@pytest.mark.parametrize(
    ("figure", "name"),
    [
        (lambda: draw_years(years().assign(median=years()["p25"])), "job_years"),
        (lambda: draw_years(marks=LEVELS / 2), "job_years"),
        (lambda: draw_exceedance(marks=CHANCES / 2), "job_exceedance"),
        (lambda: draw_drivers(drivers().assign(total=0.3, first=0.0)), "job_drivers"),
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


def test_chances_are_those_of_the_draws() -> None:
    draws = np.sort(np.random.default_rng(11).lognormal(3.5, 0.8, 2_001))
    at_least = 1 - np.arange(len(draws)) / len(draws)
    frame = pd.DataFrame({"series": "gross", "jobs_thousand": draws, "probability": at_least})
    found = texts(draw_exceedance(frame.sample(frac=1, random_state=5)))
    row = found[found.index("gross") + 1 :][: len(CHANCES)]
    assert row == [plots.chance_words(100 * (draws >= mark).mean()) for mark in CHANCES]
    assert {f"{1000 * mark:,.0f}" for mark in CHANCES} <= set(found)


def test_beyond_all_draws_the_chance_is_none_and_below_them_certain() -> None:
    draws = np.linspace(60, 150, 500)
    frame = pd.DataFrame({"series": "gross", "jobs_thousand": draws})
    found = texts(draw_exceedance(frame.assign(probability=1 - np.arange(500) / 500)))
    row = found[found.index("gross") + 1 :][:3]
    assert (row[0], row[2]) == ("> 99 %", "< 1 %")


def test_marks_stand_in_the_order_of_their_size() -> None:
    found = texts(draw_exceedance(marks=CHANCES.iloc[::-1]))
    places = [found.index(f"{1000 * mark:,.0f}") for mark in CHANCES]
    assert places == sorted(places)


def test_the_table_has_the_series_in_its_order() -> None:
    found = texts(draw_exceedance())
    places = [found.index(name) for name in exceedance()["series"].unique()]
    assert places == sorted(places)
    row = found[places[0] + 1 : places[0] + 4]
    odds = [(50 / 38) ** (1 / 0.42), (100 / 38) ** (1 / 0.42), (200 / 38) ** (1 / 0.42)]
    assert row == [plots.chance_words(100 / (1 + one)) for one in odds]


def test_draws_of_nothing_are_drawn_beside_others() -> None:
    nothing = pd.DataFrame({"series": "none", "jobs_thousand": [0.0, 0.0], "probability": [1, 0]})
    assert "none" in texts(draw_exceedance(pd.concat([exceedance(), nothing])))


@pytest.mark.parametrize(
    ("percent", "words"),
    [
        (0, "< 1 %"),
        (0.49, "< 1 %"),
        (0.5, "< 1 %"),
        (0.6, "1 %"),
        (34.4, "34 %"),
        (99.5, "> 99 %"),
        (100, "> 99 %"),
    ],
)
def test_words_of_chances(percent: float, words: str) -> None:
    assert plots.chance_words(percent) == words


def test_series_share_one_scale_that_holds_the_marks() -> None:
    panels = draw_years().findobj(plt.Axes)
    assert len(panels) == years()["series"].nunique()
    limits = {axes.get_ylim() for axes in panels}
    assert len(limits) == 1
    assert limits.pop()[1] > max(LEVELS.max(), years()["p95"].max())


def test_losses_of_jobs_are_within_the_fan() -> None:
    quantiles = ["p5", "p25", "median", "p75", "p95"]
    lower = years()
    lower[quantiles] -= 30
    assert draw_years(lower).findobj(plt.Axes)[0].get_ylim()[0] <= lower["p5"].min()


def test_no_marks_are_no_obstacle() -> None:
    none = pd.Series(dtype=float)
    assert draw_years(marks=none).findobj(plt.Axes)
    assert draw_exceedance(marks=none).findobj(plt.Axes)


def test_drivers_are_sorted() -> None:
    axes = draw_drivers().findobj(plt.Axes)[0]
    found = [label.get_text() for label in axes.get_yticklabels()]
    assert found[:3] == ["share selected", "share additional", "crowding out"]


YEARS, CURVES, DRIVERS = years(), exceedance(), drivers()


@pytest.mark.parametrize(
    ("draw", "message"),
    [
        (lambda: draw_years(YEARS.drop(columns="p75")), "a column p75"),
        (lambda: draw_years(YEARS.assign(p25=-1.0)), "p5 and p25, row 0"),
        (lambda: draw_years(pd.concat([YEARS, YEARS.head(1)])), "two of gross, 2026"),
        (lambda: draw_years(marks=LEVELS * np.nan), "mark 'hundreds of thousands'"),
        (lambda: draw_years(marks=pd.Series({"many": "200"})), "marks: asked for numbers"),
        (lambda: draw_years(marks=pd.concat([LEVELS, LEVELS])), "twice"),
        (lambda: draw_exceedance(marks=-CHANCES), "above zero, for an axis in logs; found -50"),
        (lambda: draw_exceedance(CURVES.assign(probability=1.2)), "row 0: asked for 0 to 1"),
        (
            lambda: draw_exceedance(CURVES.assign(probability=1 - CURVES["probability"])),
            "series 'net, all states': asked for chances that do not rise",
        ),
        (
            lambda: draw_exceedance(
                CURVES.assign(series=[f"s{n % 5}" for n in range(len(CURVES))])
            ),
            "4 at most; found 5",
        ),
        (
            lambda: draw_exceedance(CURVES.assign(jobs_thousand=0.0), pd.Series(dtype=float)),
            "at least one above zero",
        ),
        (lambda: draw_exceedance(CURVES.query("probability > 0.3")), "figures up to 200 thousand"),
        (lambda: draw_exceedance(CURVES.query("probability < 0.3"), CHANCES / 10), "from 5 thous"),
        (lambda: draw_drivers(DRIVERS.assign(conf=np.nan)), "conf, row 0"),
        (lambda: draw_drivers(DRIVERS.assign(label="delay")), "two of delay"),
    ],
)
def test_frames_that_do_not_fit_are_refused(draw: Callable[[], Figure], message: str) -> None:
    with pytest.raises(InputError, match=message):
        draw()


def test_pyplot_is_left_alone() -> None:
    draw_years()
    assert plt.get_fignums() == []
