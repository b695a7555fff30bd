"""A user's file is read as what it says it is, or refused with every fault."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from research.data.prices.days import price_days
from research.data.prices.files import read_price_file
from research.errors import DataError, InputError

# Figures are written with ten digits after the point.
ABSOLUTE = 1e-9

CALENDARS = {"NVDA": "XNYS", "SP500": "XNYS", "7203.T": "XTKS", "USDJPY": "FX", "WTI": "XNYS"}
DAYS = price_days("XNYS", "2025-10-01", "2025-12-31")


def sample_returns() -> pd.DataFrame:
    noise = np.random.default_rng(550).normal(0, 0.02, (len(DAYS), 2))
    return pd.DataFrame(noise, index=DAYS, columns=["NVDA", "SP500"]).rename_axis("date")


def sample_prices() -> pd.DataFrame:
    return 100 * (1 + sample_returns()).cumprod()


def stored(folder: Path, frame: pd.DataFrame, said: str, ending: str = ".csv") -> Path:
    file = folder / f"mine{ending}"
    if ending == ".csv":
        frame.round(10).to_csv(file)
    else:
        frame.reset_index().to_parquet(file, index=False)
    file.with_suffix(".yaml").write_text(said, encoding="utf-8")
    return file


def faults_of(file: Path) -> str:
    with pytest.raises(DataError) as caught:
        read_price_file(file, CALENDARS)
    assert caught.value.faults
    return str(caught.value)


@pytest.mark.parametrize("ending", [".csv", ".parquet"])
def test_prices_are_read_as_given(tmp_path, ending):
    given = read_price_file(stored(tmp_path, sample_prices(), "figures: prices", ending), CALENDARS)
    assert given.figures == "prices"
    pd.testing.assert_frame_equal(given.table, sample_prices(), atol=ABSOLUTE, check_freq=False)


@pytest.mark.parametrize("ending", [".csv", ".parquet"])
@pytest.mark.parametrize(("unit", "scale"), [("bp", 1e4), ("percent", 100), ("fraction", 1)])
def test_returns_of_each_unit_become_fractions(tmp_path, unit, scale, ending):
    said = f"figures: returns\nunit: {unit}\n"
    given = read_price_file(stored(tmp_path, sample_returns() * scale, said, ending), CALENDARS)
    pd.testing.assert_frame_equal(given.table, sample_returns(), atol=ABSOLUTE, check_freq=False)


def test_empty_cells_are_days_without_a_figure(tmp_path):
    frame = sample_prices()
    frame.iloc[3, 0] = np.nan
    given = read_price_file(stored(tmp_path, frame, "figures: prices"), CALENDARS)
    assert given.table["NVDA"].isna().sum() == 1


@pytest.mark.parametrize(
    ("frame", "said", "words"),
    [
        (sample_returns(), "figures: prices", "returns?"),
        (sample_prices(), "figures: returns\nunit: bp", "all above zero: prices?"),
        (sample_prices(), "figures: returns\nunit: percent", "all above zero: prices?"),
        (sample_returns(), "figures: returns\nunit: bp", "when read as bp"),
        (sample_returns(), "figures: returns\nunit: percent", "when read as percent"),
        (sample_returns() * 100, "figures: returns\nunit: fraction", "when read as fraction"),
        (sample_returns() * 1e4, "figures: returns\nunit: percent", "when read as percent"),
        ((1 + sample_returns()) * 0 + 1.5 + sample_returns() * 60, "figures: prices", "returns?"),
    ],
)
def test_figures_that_contradict_their_description_are_refused(tmp_path, frame, said, words):
    assert words in faults_of(stored(tmp_path, frame, said))


@pytest.mark.parametrize(
    "said",
    [
        "",
        "figures: returns\nunit: [bp]",
        "figures: returns",
        "figures: levels",
        "unit: bp",
        "figures: prices\nunit: bp",
        "- a",
        "{",
    ],
)
def test_a_file_must_say_what_it_holds(tmp_path, said):
    assert "figures: prices, or figures: returns" in faults_of(
        stored(tmp_path, sample_prices(), said)
    )


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ("figures: returns\nunit: bp\nunits: percent", "'units'. Did you mean unit?"),
        ("figures: prices\nunits: bp", "'units'. Did you mean unit?"),
        ("figures: prices\nFigure: returns", "'Figure'. Did you mean figures?"),
        ("figures: prices\n7: x", "7. Remove it."),
        ("figure: prices", "'figure'. Did you mean figures?"),
    ],
)
def test_a_key_that_would_be_ignored_is_refused(tmp_path, said, words):
    assert words in faults_of(stored(tmp_path, sample_prices(), said))


@pytest.mark.parametrize("name", ["date", None])
def test_dates_may_be_the_index_of_a_parquet_file(tmp_path, name):
    file = stored(tmp_path, sample_prices(), "figures: prices", ".parquet")
    sample_prices().rename_axis(name).to_parquet(file)
    given = read_price_file(file, CALENDARS)
    pd.testing.assert_frame_equal(given.table, sample_prices(), atol=ABSOLUTE, check_freq=False)


@pytest.mark.parametrize(
    ("index", "words"),
    [
        (pd.RangeIndex(len(DAYS)), "date, then each series id once; found NVDA, SP500"),
        (pd.Index([*range(len(DAYS) - 1), 99]), "found NVDA, SP500, __index_level_0__"),
        (DAYS.rename("day"), "found NVDA, SP500, day"),
        (DAYS.tz_localize("UTC"), "a date without a time zone"),
    ],
)
def test_another_index_of_a_parquet_file_is_no_date(tmp_path, index, words):
    file = stored(tmp_path, sample_prices(), "figures: prices", ".parquet")
    sample_prices().set_axis(index).to_parquet(file)
    assert words in faults_of(file)


def test_without_a_yaml_file_nothing_is_guessed(tmp_path):
    file = stored(tmp_path, sample_prices(), "figures: prices")
    file.with_suffix(".yaml").unlink()
    assert "mine.yaml" in faults_of(file)


def csv_file(folder: Path, text: str) -> Path:
    file = folder / "mine.csv"
    file.write_text(text, encoding="utf-8")
    file.with_suffix(".yaml").write_text("figures: prices", encoding="utf-8")
    return file


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("date,NVDX\n2025-12-23,1\n", "Did you mean NVDA?"),
        ("date,NVDA\n2025-12-23,abc\n", "row 2, NVDA"),
        ("date,NVDA\n2025-12-23,inf\n", "row 2, NVDA"),
        ('date,NVDA\n2025-12-23,"1,234"\n', "row 2, NVDA"),
        ("date,NVDA\n23/12/2025,1\n", "row 2, date"),
        ("date,NVDA\n2025-12-23 10:30,1\n", "without a time of day"),
        ("date,NVDA\n2025-12-23T00:00Z,1\n2025-12-24,1\n", "row 2, date: asked for a date without"),
        ("date,NVDA\n2025-12-23,1\n2025-12-23,2\n", "each date once"),
        ("date,NVDA\n2025-12-24,1\n2025-12-23,2\n", "above that of the row before"),
        ("date,NVDA\n2025-12-25,1\n", "XNYS had no session"),
        ("date,7203.T\n2025-12-31,1\n", "XTKS had no session"),
        ("date,USDJPY\n2025-12-27,150\n", "weekend"),
        ("date,NVDA\n2025-12-23,0\n2025-12-24,100\n", "returns?"),
        ("date,NVDA\n2025-12-23,1,2\n", "row 2"),
        ("date,NVDA,SP500\n2025-12-23,1\n", "row 2"),
        ("date,NVDA,NVDA\n2025-12-23,1,2\n", "each series id once"),
        ("Date,NVDA\n2025-12-23,1\n", "date, then each series id once"),
        ("date\n2025-12-23\n", "date, then each series id once"),
        ("", "date, then each series id once"),
        ("date,NVDA\n", "at least one number"),
        ("date,NVDA\n2025-12-23,\n", "at least one number"),
    ],
)
def test_each_fault_of_a_csv_file(tmp_path, text, words):
    assert words in faults_of(csv_file(tmp_path, text))


def test_all_faults_come_at_once(tmp_path):
    file = csv_file(tmp_path, "date,NVDX,SP500\n2025-12-25,1,2\n2025-12-24,x,3\n")
    file.with_suffix(".yaml").unlink()
    text = faults_of(file)
    for words in ("mine.yaml", "'NVDX'", "row 3, NVDX", "no session", "row before"):
        assert words in text


def test_many_faults_of_one_kind_are_counted(tmp_path):
    frame = sample_prices().set_axis(DAYS + pd.Timedelta(hours=1))
    assert f"{len(DAYS) - 5} more" in faults_of(
        stored(tmp_path, frame.rename_axis("date"), "figures: prices")
    )


@pytest.mark.parametrize("value", ["12.5", True])
def test_text_and_truth_values_in_parquet_are_no_numbers(tmp_path, value):
    frame = sample_prices().astype(object)
    frame["NVDA"] = value
    assert "a number" in faults_of(stored(tmp_path, frame, "figures: prices", ".parquet"))


def test_a_parquet_file_that_is_none(tmp_path):
    file = stored(tmp_path, sample_prices(), "figures: prices", ".parquet")
    file.write_bytes(b"PAR1 and nothing else")
    assert "Parquet" in faults_of(file)


def test_a_csv_file_in_another_encoding(tmp_path):
    file = csv_file(tmp_path, "")
    file.write_bytes("date,NVDA\n2025-12-23,1\n# Zürich\n".encode("latin-1"))
    assert "UTF-8" in faults_of(file)


@pytest.mark.parametrize("name", ["none.csv", "none.parquet", "mine.xlsx", "mine.pkl"])
def test_other_files_are_refused(tmp_path, name):
    if name.startswith("mine"):
        (tmp_path / name).write_bytes(b"")
    with pytest.raises(InputError, match="CSV or Parquet"):
        read_price_file(tmp_path / name, CALENDARS)
