"""Returns, factors, series and printed levels: what they hold and what their checks catch."""

import csv
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from research import sessions
from research.data import load_market, load_table
from research.data.codebook import seal
from research.data.market import FACTORS, LEVELS, RETURNS, SERIES
from research.data.tables import examine

#: The press rounds or cuts off: within one unit of the last digit it prints. Ours are rounded
#: to 0.001 per cent.
UNITS_OF_LAST_DIGIT, OUR_ROUNDING_PCT = 1, 0.0005

TARGETS = Path(__file__).parents[1] / "targets"

RETURNS_FILE = "data/market/daily_returns_bp.csv"


def compare(published: pd.DataFrame, ours: pd.Series, tolerance: pd.Series) -> pd.DataFrame:
    """Set published numbers beside ours; the rows that differ by more than the tolerance."""
    table = published.assign(ours=ours, difference=ours - published["published"])
    return table.assign(tolerance=tolerance)[table["difference"].abs() > tolerance]


def press_moves() -> pd.DataFrame:
    with (TARGETS / "press_moves.csv").open(newline="") as stream:
        moves = pd.DataFrame(csv.DictReader(stream))
    decimals = moves["move_pct"].str.split(".").str[1].str.len()
    return moves.assign(
        published=moves["move_pct"].astype(float),
        tolerance=UNITS_OF_LAST_DIGIT * 10.0**-decimals + OUR_ROUNDING_PCT,
    )


def test_returns_agree_with_the_moves_the_press_printed():
    moves = press_moves()
    returns = 100 * load_table("market/daily_returns_bp")
    ours = pd.Series(
        [returns.loc[day, name] for day, name in moves[["date", "series_id"]].to_numpy()]
    )
    assert compare(moves, ours, moves["tolerance"]).empty
    # Proof that the comparison can fail: a day's shift breaks it.
    shifted = returns.shift(1)
    late = pd.Series(
        [shifted.loc[day, name] for day, name in moves[["date", "series_id"]].to_numpy()]
    )
    assert len(compare(moves, late, moves["tolerance"])) > len(moves) / 2


def test_returns_are_fractions_on_dates_without_zone():
    returns = load_table("market/daily_returns_bp")
    assert returns.index.name == "date"
    assert returns.index.dtype == "datetime64[us]"
    assert returns.columns.name == "series_id"
    assert set(returns.dtypes) == {np.dtype("float64")}
    assert returns.loc["2025-07-23", "N225"] == pytest.approx(0.0351, abs=5e-5)


def test_returns_and_series_list_the_same_series_in_the_same_order():
    assert list(load_table("market/daily_returns_bp").columns) == list(
        load_table("market/series").index
    )
    assert len(load_table("market/series")) == 131
    assert load_table("market/series")["group"].nunique() == 22


def test_the_second_consultation_day_fell_at_the_close():
    # The report that started this project printed a rise of 0.4 %.
    assert load_table("market/daily_returns_bp").loc["2025-12-24", "N225"] < 0


def test_factors_are_fractions():
    factors = load_table("market/daily_factors_bp")
    assert list(factors.columns) == ["USDJPY", "WTI"]
    assert factors.loc["2024-06-04", "USDJPY"] == pytest.approx(-0.01268)


def test_printed_levels_are_those_of_three_indices():
    assert load_table("market/printed_levels").loc["2025-07-23", "N225"] == 41171.32


def test_market_data_holds_what_the_loaders_give():
    market = load_market("bundled")
    pd.testing.assert_frame_equal(market.returns, load_table("market/daily_returns_bp"))
    pd.testing.assert_frame_equal(market.series, load_table("market/series"))
    pd.testing.assert_frame_equal(market.factors, load_table("market/daily_factors_bp"))
    assert "bundled" in market.source


@pytest.mark.parametrize("calendar", sessions.EXCHANGES)
def test_every_series_has_a_value_on_each_session_between_its_dates(calendar):
    returns, series = load_table("market/daily_returns_bp"), load_table("market/series")
    for name, row in series[series["calendar"] == calendar].iterrows():
        days = sessions.sessions(calendar, row["first_date"].date(), row["last_date"].date())
        assert returns[name].dropna().index.equals(days.rename("date")), name


def test_a_value_on_a_holiday_is_caught(copy, has_fault):
    # Marine Day: Tokyo was closed, New York open.
    copy.cell("market/daily_returns_bp", "2025-07-21", "7203.T", "12.3")
    line = copy.line("market/daily_returns_bp", "2025-07-21")
    where = f"{RETURNS_FILE}, line {line}, column 7203.T"
    has_fault(examine(RETURNS)[1], where, "XTKS had no session", "one on 2025-07-21")


def test_a_missing_session_is_caught(copy, has_fault):
    copy.cell("market/daily_returns_bp", "2025-07-22", "NVDA", "")
    line = copy.line("market/daily_returns_bp", "2025-07-22")
    where = f"{RETURNS_FILE}, line {line}, column NVDA"
    faults = examine(RETURNS)[1]
    has_fault(faults, where, "XNYS had a session", "none on 2025-07-22")
    has_fault(faults, "market/series.csv", "466 as in daily_returns_bp", "467")


def test_a_missing_row_names_the_session(copy, has_fault):
    copy.rows(
        "market/daily_returns_bp",
        lambda lines: [line for line in lines if not line.startswith("2025-07-22")],
    )
    has_fault(examine(RETURNS)[1], f"{RETURNS_FILE}, column NVDA", "a session", "2025-07-22")


def test_a_series_without_any_value_is_caught(copy, has_fault):
    position = (
        copy.file("market/daily_returns_bp").read_text().splitlines()[0].split(",").index("T")
    )

    def blank(lines):
        cells = [line.rstrip("\n").split(",") for line in lines]
        for row in cells[1:]:
            row[position] = ""
        return [",".join(row) + "\n" for row in cells]

    copy.rows("market/daily_returns_bp", blank)
    has_fault(examine(RETURNS)[1], f"{RETURNS_FILE}, column T", "returns", "none")


@pytest.mark.parametrize(
    ("column", "value", "asked"),
    [
        ("first_date", "2024-08-26", "2024-08-23"),
        ("last_date", "2026-07-06", "2026-07-07"),
        ("returns_count", "468", "467"),
    ],
)
def test_coverage_that_differs_from_the_returns_is_caught(column, value, asked, copy, has_fault):
    copy.cell("market/series", "NVDA", column, value)
    line = copy.line("market/series", "NVDA")
    where = f"data/market/series.csv, line {line}, column {column}"
    # The list itself is broken, so the table checked against it says so as well.
    faults = examine(RETURNS)[1]
    has_fault(faults, "data/market/series.csv", "SHA-256", "…")
    seal("market/series")
    has_fault(examine(RETURNS)[1], where, f"{asked} as in daily_returns_bp", value)


@pytest.mark.parametrize("name", ["N225", "TOPIX", "SP500"])
def test_an_index_return_off_the_printed_levels_is_caught(name, copy, has_fault):
    old = copy.cell("market/daily_returns_bp", "2025-10-15", name, "0.0")
    assert abs(float(old)) > 10
    where = f"{RETURNS_FILE}, column {name}, after 2025-07-23 to 2025-12-23"
    has_fault(examine(RETURNS)[1], where, "by printed_levels", "%")


def test_half_a_basis_point_on_one_day_is_within_rounding(copy):
    # One unit of the last digit cannot be told from rounding over 100 days, so the levels do
    # not speak; the digest does.
    old = copy.cell("market/daily_returns_bp", "2025-10-15", "N225", "0")
    copy.cell("market/daily_returns_bp", "2025-10-15", "N225", f"{float(old) + 0.1:.1f}")
    faults = examine(RETURNS)[1]
    assert any("SHA-256" in fault.asked for fault in faults)
    assert not any("printed_levels" in fault.asked for fault in faults)


def test_a_slip_of_the_decimal_point_is_out_of_range(copy, has_fault):
    old = copy.cell("market/daily_returns_bp", "2025-04-07", "MU", "9999.9")
    assert old != "9999.9"
    line = copy.line("market/daily_returns_bp", "2025-04-07")
    where = f"line {line}, column MU"
    has_fault(examine(RETURNS)[1], where, "a number from -6000 to 6000", "9999.9")


def test_a_word_among_the_numbers_is_caught(copy, has_fault):
    copy.cell("market/daily_returns_bp", "2025-04-07", "MU", "n/a")
    has_fault(examine(RETURNS)[1], "column MU", "a number", "'n/a'")


@pytest.mark.parametrize("table", [RETURNS, FACTORS, LEVELS], ids=lambda table: table.name)
def test_dates_out_of_order_are_caught(table, copy, has_fault):
    copy.rows(table.name, lambda lines: [lines[0], lines[2], lines[1], *lines[3:]])
    has_fault(examine(table)[1], "line 3, column date", "a later date", "not later")


def test_a_fixing_on_a_weekend_is_caught(copy, has_fault):
    copy.swap("market/daily_factors_bp", "\n2024-06-14,", "\n2024-06-15,")
    has_fault(examine(FACTORS)[1], "column date", "a day from Monday to Friday", "Saturday")


def test_a_level_on_a_day_without_session_is_caught(copy, has_fault):
    copy.rows(
        "market/printed_levels",
        lambda lines: [line.replace("2025-07-22", "2025-07-21") for line in lines],
    )
    where = "data/market/printed_levels.csv, line 5, column date"
    has_fault(examine(LEVELS)[1], where, "a session in Tokyo", "2025-07-21")


def test_an_unknown_exchange_is_caught(copy, has_fault):
    copy.cell("market/series", "NVDA", "calendar", "XNAS")
    has_fault(examine(SERIES)[1], "column calendar", "one of XTKS, XNYS", "'XNAS'")


def test_a_series_of_the_list_without_a_column_is_caught(copy, has_fault):
    copy.swap("market/series", "DUK,Duke Energy", "DUKE,Duke Energy")
    seal("market/series")
    faults = examine(RETURNS)[1]
    has_fault(faults, f"{RETURNS_FILE}, column DUKE", "this column", "none of that name")
    has_fault(faults, f"{RETURNS_FILE}, column DUK", "no such column", "it there")
