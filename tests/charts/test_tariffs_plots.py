"""Pictures of tariff rates, on made-up tables, against stored ones."""

from pathlib import Path

import matplotlib.dates as mdates
import matplotlib.pyplot as plt
import pandas as pd
import pytest

from research.report.charts import tariffs as plots

#: RMS difference of pixel values that other builds of FreeType may make.
TOLERANCE = 8

BASELINE = Path(__file__).parent / "baseline"
END = pd.Timestamp("2026-11-24")


def parts():
    days = pd.DatetimeIndex(
        ["2025-01-01", "2025-03-12", "2025-04-03", "2025-04-05", "2025-05-03", "2025-06-04",
         "2025-08-07", "2025-08-18", "2025-09-16", "2026-02-20", "2026-02-24", "2026-04-06",
         "2026-07-24", "2026-09-29"]
    )  # fmt: skip
    return pd.DataFrame(
        {
            "ordinary duty": 1.5,
            "steel, aluminium, copper (section 232)": [
                0, 0.6, 0.6, 0.6, 0.9, 1.7, 1.7, 4.1, 4.1, 4.1, 4.1, 4.0, 3.4, 3.5,
            ],
            "cars and parts (section 232)": [
                0, 0, 6.9, 6.9, 9.3, 9.3, 9.3, 9.3, 4.9, 4.9, 4.9, 4.9, 4.9, 4.9,
            ],
            "emergency powers (IEEPA)": [0, 0, 0, 5.5, 4.4, 4.4, 6.2, 5.9, 5.9, 0, 0, 0, 0, 0],
            "balance of payments (section 122)": [
                0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 3.1, 2.3, 0, 0,
            ],
        },
        index=days,
    )  # fmt: skip


def published():
    return (parts().sum(axis=1) + 0.4).rename("published total")


def marks():
    rows = [
        ("2025-03-26", "Cars: 25 % from 3 April", "announced"),
        ("2025-04-02", "24 % on Japan", "announced"),
        ("2025-04-05", "10 % on all", "in force"),
        ("2025-07-07", "A letter: 25 % on Japan from 1 August", "threat"),
        ("2025-07-22", "The deal: 15 % with the old duty inside, cars too", "announced"),
        ("2025-08-07", "15 % on top of the old duty, by mistake", "in force"),
        ("2025-09-16", "15 % with the old duty inside, for cars and all that the order of "
                       "4 September names, back to 7 August", "in force"),
        ("2026-02-20", "The Supreme Court ends the emergency tariffs", "ruling"),
        ("2026-02-24", "10 % under section 122 for 150 days", "in force"),
        ("2026-07-24", "Section 122 runs out", "in force"),
    ]  # fmt: skip
    frame = pd.DataFrame(rows, columns=["day", "label", "kind"])
    return frame.assign(day=pd.to_datetime(frame["day"]))


def draw_steps(**changes):
    title = "The rate on Japan rose from 1.5 to 21 % within eight months and fell by half since"
    given = {"parts": parts(), "published": published(), "marks": marks(), "end": END}
    return plots.plot_rate_steps.__wrapped__(title=title, source="made up", **given | changes)


compared = pytest.mark.mpl_image_compare(
    baseline_dir="baseline", tolerance=TOLERANCE, style="default", savefig_kwargs={"dpi": 80}
)


@compared
def test_tariff_steps():
    return draw_steps()


def texts(figure):
    return [text.get_text() for text in figure.findobj(plt.Text)]


def test_marks_are_numbered_by_day_in_plot_and_key():
    found = texts(draw_steps(marks=marks().sample(frac=1, random_state=1)))
    numbers = [text for text in found if text.isdigit() and int(text) <= len(marks())]
    assert sorted(map(int, numbers))[::2] == list(range(1, len(marks()) + 1))
    assert found.index("A letter: 25 % on Japan from 1 August") < found.index(
        "10 % under section 122 for 150 days"
    )


@pytest.mark.parametrize("factor", [0.2, 1, 3])
def test_areas_and_line_stay_below_the_numbers(factor):
    axes = draw_steps(published=factor * published()).findobj(plt.Axes)[0]
    numbers = [text.get_position()[1] for text in axes.texts if text.get_text().isdigit()]
    assert min(numbers) > max(parts().sum(axis=1).max(), factor * published().max())
    assert max(numbers) < axes.get_ylim()[1]


def test_a_row_at_the_end_is_not_drawn_twice():
    figure = draw_steps(end=parts().index[-1])
    assert figure.findobj(plt.Axes)[0].get_xlim()[1] == mdates.date2num(parts().index[-1])
