"""Pictures of who pays a tariff, on made-up tables, against stored ones."""

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
from research.plots import tariffs_prices as plots

#: RMS difference of pixel values that other builds of FreeType may make.
TOLERANCE = 8

BASELINE = Path(__file__).parent / "baseline"


def shares() -> pd.DataFrame:
    rows = [
        (price, method, month, level * (1 - np.exp(-(month + 1) / speed)) + shift, 6 + 2.4 * month)
        for price, level, speed in (
            ("import prices with the duty", 92, 0.6),
            ("shop prices", 38, 4),
        )
        for method, shift in (("distributed lags", 0), ("local projections", 5))
        for month in range(13)
    ]
    frame = pd.DataFrame(rows, columns=["price", "method", "months", "share_pct", "half"])
    low, high = frame["share_pct"] - frame["half"], frame["share_pct"] + frame["half"]
    return frame.drop(columns="half").assign(low_pct=low, high_pct=high)


def bands() -> pd.DataFrame:
    rows = [
        ("import prices with the duty", "Amiti and others (2019), tariffs of 2018", 90, 105),
        ("import prices with the duty", "Cavallo and others (2021)", 93, 99),
        ("shop prices", "Cavallo and others (2025)", 18, 26),
    ]
    return pd.DataFrame(rows, columns=["price", "label", "low_pct", "high_pct"])


def cars() -> pd.DataFrame:
    rows = [
        ("before the tariff", 97.6, 2.4, 100.0),
        ("27.5 %, the seller bears all", 78.4, 21.6, 100.0),
        ("27.5 %, the buyer bears all", 97.6, 26.8, 124.4),
        ("15 % since the deal, shared as measured", 90.1, 13.5, 103.6),
    ]
    return pd.DataFrame(rows, columns=["case", "seller_receives", "duty", "buyer_pays"])


def draw_shares(frame: pd.DataFrame | None = None, studies: pd.DataFrame | None = None) -> Figure:
    return plots.plot_pass_through(
        shares() if frame is None else frame,
        bands() if studies is None else studies,
        "Importers bore nearly all of it at once, shops passed a third on within a year",
        "made up",
    )


def draw_bands(studies: pd.DataFrame) -> Figure:
    return draw_shares(studies=studies)


def draw_cars(frame: pd.DataFrame | None = None) -> Figure:
    frame = cars() if frame is None else frame
    return plots.plot_cars(frame, "Most of the duty on a car is taken from the seller", "made up")


compared = pytest.mark.mpl_image_compare(
    baseline_dir="baseline", tolerance=TOLERANCE, style="default", savefig_kwargs={"dpi": 80}
)


@compared
def test_tariff_pass_through() -> Figure:
    return draw_shares()


@compared
def test_tariff_cars() -> Figure:
    return draw_cars()


@pytest.mark.parametrize(
    ("figure", "name"),
    [
        (lambda: draw_shares(shares().assign(high_pct=200.0)), "tariff_pass_through"),
        (lambda: draw_bands(bands().head(1)), "tariff_pass_through"),
        (lambda: draw_cars(cars().assign(seller_receives=80.0, duty=20.0, buyer_pays=100.0)),
         "tariff_cars"),
    ],
)  # fmt: skip
def test_a_changed_plot_is_caught(figure: Callable[[], Figure], name: str, tmp_path: Path) -> None:
    figure().savefig(tmp_path / "changed.png", dpi=80)
    (tmp_path / "expected.png").write_bytes((BASELINE / f"test_{name}.png").read_bytes())
    message = compare_images(
        str(tmp_path / "expected.png"), str(tmp_path / "changed.png"), TOLERANCE
    )
    assert message is not None


def texts(figure: Figure) -> list[str]:
    return [text.get_text() for text in figure.findobj(plt.Text)]


def test_methods_differ_in_shape_and_stand_beside_each_other() -> None:
    axes = draw_shares().findobj(plt.Axes)[0]
    first, second = (line for line in axes.lines if line.get_marker() in "os")
    assert first.get_marker() != second.get_marker()
    assert (np.abs(first.get_xdata() - second.get_xdata()) > 0.2).all()
    np.testing.assert_allclose(first.get_ydata(), shares()["share_pct"].head(13))


def test_one_method_stands_on_the_month() -> None:
    axes = draw_shares(shares().query("method == 'local projections'")).findobj(plt.Axes)[0]
    (points,) = (line for line in axes.lines if line.get_marker() in "os")
    np.testing.assert_array_equal(points.get_xdata(), range(13))


def test_bands_are_drawn_on_their_own_price() -> None:
    figure = draw_shares()
    first, second = figure.findobj(plt.Axes)
    spans = [sorted(patch.get_bbox().intervaly) for patch in (*first.patches, *second.patches)]
    assert spans == [[90, 105], [93, 99], [18, 26]]
    assert "Cavallo and others\n(2025)" in [text.get_text() for text in second.texts]


def test_the_duty_begins_where_the_seller_ends() -> None:
    seller, duty = (list(group) for group in draw_cars().findobj(plt.Axes)[0].containers)
    np.testing.assert_allclose([bar.get_x() for bar in duty], [bar.get_width() for bar in seller])
    assert all(bar.get_hatch() for bar in duty)


def test_figures_of_a_car_are_printed() -> None:
    assert "90.1 + 13.5 = 103.6" in texts(draw_cars())


SHARES, BANDS, CARS = shares(), bands(), cars()


@pytest.mark.parametrize(
    ("draw", "frame", "message"),
    [
        (draw_shares, SHARES.drop(columns="method"), "a column method"),
        (draw_shares, SHARES.assign(method="both"), "two of import prices with the duty, both, 0"),
        (draw_shares, SHARES.assign(low_pct=300.0), "figures that do not fall"),
        (draw_shares, SHARES.assign(share_pct=np.nan), "Leave the row out"),
        (draw_shares, SHARES.assign(method=[f"m{n % 3}" for n in range(52)]), "2 at most; found 3"),
        (draw_bands, BANDS.replace({"shop prices": "wages"}), "bands, price: .*found 'wages'"),
        (draw_bands, BANDS.assign(high_pct=0.0), "figures that do not fall"),
        (draw_cars, CARS.head(0), "at least one row"),
        (draw_cars, CARS.assign(case="a car"), "two of a car"),
        (draw_cars, CARS.replace({21.6: -21.6}), "zero or more; found -21.6"),
        (draw_cars, CARS.replace({124.4: 130.0}), "both parts, 124.4; found 130"),
    ],
)  # fmt: skip
def test_frames_that_do_not_fit_are_refused(
    draw: Callable[[pd.DataFrame], Figure], frame: pd.DataFrame, message: str
) -> None:
    with pytest.raises(InputError, match=message):
        draw(frame)


def test_frames_are_left_as_they_were() -> None:
    for draw, make in ((draw_shares, shares), (draw_bands, bands), (draw_cars, cars)):
        frame = make()
        draw(frame)
        pd.testing.assert_frame_equal(frame, make())
