"""Pictures of models of tariffs, on made-up tables, against stored ones."""

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
from research.plots import tariffs_models as plots

#: RMS difference of pixel values that other builds of FreeType may make.
TOLERANCE = 8

BASELINE = Path(__file__).parent / "baseline"

#: Sector -> peak of revenue, per cent, and imports, USD bn.
SECTORS = {
    "Cars and other vehicles": (62, 48), "Steel and aluminium": (18, 3),
    "Machinery": (34, 30), "Medicines": (130, 9), "Electronics and optical goods": (25, 21),
    "Chemicals": (9, 7), "All other goods": (40, 26),
}  # fmt: skip


def laffer() -> pd.DataFrame:
    rates = np.arange(0, 101, 1.0)
    return pd.concat(
        pd.DataFrame(
            {
                "sector": name,
                "rate_pct": rates,
                "revenue_bn_usd": size * rates / 100 * np.exp(-rates / peak),
            }
        )
        for name, (peak, size) in SECTORS.items()
    )


def in_force() -> pd.Series:
    return pd.Series(dict(zip(SECTORS, (15, 50, 15, 0, 15, 12.5, 8.4), strict=True)), dtype=float)


def welfare() -> pd.DataFrame:
    sets = [
        "Caliendo and Parro (2015)", "Ossa (2014)", "Broda and Weinstein (2006)",
        "Simonovska and Waugh (2014)", "one for all, 4", "one for all, 8",
    ]  # fmt: skip
    rows = [
        (country, name, centre * (1 + 0.2 * n) - width, centre * (1 + 0.2 * n),
         centre * (1 + 0.2 * n) + 0.8 * width)
        for country, centre, width in (
            ("United States", 0.03, 0.035), ("Japan", -0.11, 0.05), ("Mexico", 0.05, 0.02),
        )
        for n, name in enumerate(sets)
    ]  # fmt: skip
    return pd.DataFrame(rows, columns=["country", "elasticities", "low", "central", "high"])


def game() -> pd.DataFrame:
    rates = np.linspace(0, 60, 121)
    curves = {
        "United States": 0.0046 * rates - 0.00012 * rates**2,
        "Japan": -0.016 * rates + 0.00011 * rates**2,
    }
    return pd.concat(
        pd.DataFrame({"country": name, "rate_pct": rates, "welfare_pct": change})
        for name, change in curves.items()
    )


def rates() -> pd.Series:
    return pd.Series({"in force": 10.1, "best": 19.2})


def draw_laffer(frame: pd.DataFrame | None = None, marks: pd.Series | None = None) -> Figure:
    return plots.plot_laffer(
        laffer() if frame is None else frame,
        in_force() if marks is None else marks,
        "Steel and chemicals are beyond the rate that brings most, cars are far below it",
        "made up",
    )


def draw_welfare(frame: pd.DataFrame | None = None) -> Figure:
    frame = welfare() if frame is None else frame
    title = "Japan loses with every set of elasticities, the sign for the United States is open"
    return plots.plot_welfare(frame, title, "made up")


def draw_game(frame: pd.DataFrame | None = None, marks: pd.Series | None = None) -> Figure:
    return plots.plot_game(
        game() if frame is None else frame,
        rates() if marks is None else marks,
        "The rate in force is half of the one that is best for the United States alone",
        "made up",
    )


compared = pytest.mark.mpl_image_compare(
    baseline_dir="baseline", tolerance=TOLERANCE, style="default", savefig_kwargs={"dpi": 80}
)


@compared
def test_tariff_laffer() -> Figure:
    return draw_laffer()


@compared
def test_tariff_welfare() -> Figure:
    return draw_welfare()


@compared
def test_tariff_game() -> Figure:
    return draw_game()


@pytest.mark.parametrize(
    ("figure", "name"),
    [
        (lambda: draw_laffer(laffer().eval("revenue_bn_usd = 30 - rate_pct")), "tariff_laffer"),
        (lambda: draw_welfare(welfare().assign(low=-0.5)), "tariff_welfare"),
        (lambda: draw_game(marks=rates() + 15), "tariff_game"),
    ],
)
def test_a_changed_plot_is_caught(figure: Callable[[], Figure], name: str, tmp_path: Path) -> None:
    figure().savefig(tmp_path / "changed.png", dpi=80)
    (tmp_path / "expected.png").write_bytes((BASELINE / f"test_{name}.png").read_bytes())
    message = compare_images(
        str(tmp_path / "expected.png"), str(tmp_path / "changed.png"), TOLERANCE
    )
    assert message is not None


def texts(figure: Figure) -> str:
    return "\n".join(text.get_text() for text in figure.findobj(plt.Text))


def test_peaks_within_the_rates_are_named_and_others_are_not() -> None:
    found = texts(draw_laffer())
    for name, (peak, _) in SECTORS.items():
        rate = f"scenario {in_force()[name]:.3g} %"
        words = f"peak {peak} %" if peak < 100 else "no peak up to 100 %"
        assert any(rate in line and line.endswith(words) for line in found.splitlines()), name


def test_a_rate_in_force_lies_on_its_curve() -> None:
    axes = draw_laffer().findobj(plt.Axes)[0]
    (point,) = (line for line in axes.lines if line.get_marker() == "o")
    expected = 48 * 0.15 * np.exp(-15 / 62)
    np.testing.assert_allclose(point.get_xydata(), [[15, expected]])


def test_the_order_of_rates_does_not_matter() -> None:
    rising = laffer().sort_values(["sector", "rate_pct"])
    falling = laffer().sort_values(["sector", "rate_pct"], ascending=[True, False])
    first, second = (
        draw_laffer(frame).findobj(plt.Axes)[2].lines[0].get_xydata() for frame in (rising, falling)
    )
    np.testing.assert_array_equal(first, second)


@pytest.mark.parametrize(
    ("low", "high", "marker"), [(0.01, 0.02, "^"), (-0.02, -0.01, "v"), (0.0, 0.02, "o")]
)
def test_the_sign_of_welfare_is_a_shape(low: float, high: float, marker: str) -> None:
    frame = welfare().head(1).assign(low=low, central=(low + high) / 2, high=high)
    axes = draw_welfare(frame).findobj(plt.Axes)[0]
    assert {line.get_marker() for line in axes.lines} & set("^vo") == {marker}


def test_welfare_at_marks_is_read_off_the_curves() -> None:
    found = texts(draw_game())
    rate = np.array(rates())
    for name, change in (
        ("United States", 0.0046 * rate - 0.00012 * rate**2),
        ("Japan", -0.016 * rate + 0.00011 * rate**2),
    ):
        written = [f"{value:+.3f}".replace("-", "\N{MINUS SIGN}") for value in change]
        assert f"{name}\n{written[0]} in force\n{written[1]} best" in found


def test_names_of_close_curves_do_not_touch() -> None:
    frame = game().assign(welfare_pct=0.1)
    figure = draw_game(frame)
    figure.draw_without_rendering()
    first, second = (
        text.get_window_extent()
        for text in figure.findobj(plt.Annotation)
        if "best" in text.get_text() and "\n" in text.get_text()
    )
    assert not first.overlaps(second)


def test_ticks_with_many_decimals_do_not_touch() -> None:
    frame = welfare().assign(low=-0.023, central=0.058, high=0.112)
    figure = draw_welfare(frame)
    figure.draw_without_rendering()
    axes = figure.findobj(plt.Axes)[-1]
    labels = zip(axes.get_xticks(), axes.get_xticklabels(), strict=True)
    low, high = axes.get_xlim()
    boxes = [label.get_window_extent() for at, label in labels if low <= at <= high]
    assert len(boxes) > 3
    assert all(two.x0 - one.x1 > 5 for one, two in pairwise(boxes))


LAFFER, WELFARE, GAME = laffer(), welfare(), game()
MANY = pd.concat(LAFFER.assign(sector=f"sector {n}") for n in range(9))


@pytest.mark.parametrize(
    ("draw", "message"),
    [
        (lambda: draw_laffer(LAFFER.drop(columns="sector")), "a column sector"),
        (lambda: draw_laffer(LAFFER.assign(sector="goods")), "two of goods, 0.0"),
        (lambda: draw_laffer(LAFFER.assign(revenue_bn_usd=np.nan)), "a finite number"),
        (lambda: draw_laffer(MANY.drop_duplicates(["sector", "rate_pct"])), "8 at most; found 9"),
        (lambda: draw_laffer(marks=in_force().drop("Medicines")), "in force of 'Medicines'"),
        (lambda: draw_laffer(marks=in_force() + 60), "within 0 and 100 %; found 110 %"),
        (lambda: draw_laffer(marks=pd.concat([in_force(), pd.Series({"Ships": 1.0})])), "'Ships'"),
        (lambda: draw_welfare(WELFARE.assign(low=1.0)), "figures that do not fall"),
        (lambda: draw_welfare(WELFARE.assign(country="Japan")), "two of Japan, Caliendo"),
        (lambda: draw_welfare(WELFARE.assign(country=[f"c{n % 5}" for n in range(18)])),
         "countries: asked for 4 at most; found 5"),
        (lambda: draw_welfare(WELFARE.assign(elasticities=[f"s{n % 9}" for n in range(18)])),
         "elasticities: asked for 8 at most; found 9"),
        (lambda: draw_game(GAME.head(0)), "at least one row"),
        (lambda: draw_game(marks=pd.Series({"best": 61.0})), "of Japan, 0 and 60 %; found 61 %"),
        (lambda: draw_game(marks=pd.Series({"best": np.nan})), "a finite number"),
        (lambda: draw_game(GAME.assign(country="Japan")), "two of Japan, 0.0"),
    ],
)  # fmt: skip
def test_frames_that_do_not_fit_are_refused(draw: Callable[[], Figure], message: str) -> None:
    with pytest.raises(InputError, match=message):
        draw()


def test_frames_are_left_as_they_were() -> None:
    for draw, make in ((draw_laffer, laffer), (draw_welfare, welfare), (draw_game, game)):
        frame = make()
        draw(frame)
        pd.testing.assert_frame_equal(frame, make())
