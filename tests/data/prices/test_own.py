"""A user's file is read as what it says it is, or refused with every fault."""

import os

import numpy as np
import pandas as pd
import pytest

from research.data.prices.days import price_days
from research.data.prices.own import read_price_file
from research.errors import DataError, InputError

# Figures are written with ten digits after the point.
ABSOLUTE = 1e-9

CALENDARS = {"NVDA": "XNYS", "SP500": "XNYS", "7203.T": "XTKS", "USDJPY": "FX", "WTI": "XNYS"}
DAYS = price_days("XNYS", "2025-10-01", "2025-12-31")


def sample_returns():
    noise = np.random.default_rng(550).normal(0, 0.02, (len(DAYS), 2))
    return pd.DataFrame(noise, index=DAYS, columns=["NVDA", "SP500"]).rename_axis("date")


def sample_prices():
    return 100 * (1 + sample_returns()).cumprod()


def stored(folder, frame, said):
    file = folder / "mine.csv"
    frame.to_csv(file, float_format="%.14g")
    file.with_suffix(".yaml").write_text(said, encoding="utf-8")
    return file


def faults_of(file):
    with pytest.raises(DataError) as caught:
        read_price_file(file, CALENDARS)
    assert caught.value.faults
    return str(caught.value)


def test_prices_are_read_as_given(tmp_path):
    kind, table = read_price_file(stored(tmp_path, sample_prices(), "figures: prices"), CALENDARS)
    assert kind == "prices"
    pd.testing.assert_frame_equal(table, sample_prices(), atol=ABSOLUTE, check_freq=False)


@pytest.mark.parametrize(("unit", "scale"), [("bp", 1e4), ("percent", 100), ("fraction", 1)])
def test_returns_of_each_unit_become_fractions(tmp_path, unit, scale):
    said = f"figures: returns\nunit: {unit}\n"
    _, table = read_price_file(stored(tmp_path, sample_returns() * scale, said), CALENDARS)
    pd.testing.assert_frame_equal(table, sample_returns(), atol=ABSOLUTE, check_freq=False)


def test_empty_cells_are_days_without_a_figure(tmp_path):
    frame = sample_prices()
    frame.iloc[3, 0] = np.nan
    _, table = read_price_file(stored(tmp_path, frame, "figures: prices"), CALENDARS)
    assert table["NVDA"].isna().sum() == 1


@pytest.mark.parametrize(
    ("frame", "said", "words"),
    [
        (sample_returns(), "figures: prices", "returns?"),
        (sample_prices(), "figures: returns\nunit: bp", "all above zero: prices?"),
        (sample_returns(), "figures: returns\nunit: bp", "when read as bp"),
        (sample_returns() * 100, "figures: returns\nunit: fraction", "when read as fraction"),
    ],
)
def test_figures_that_contradict_their_description_are_refused(tmp_path, frame, said, words):
    assert words in faults_of(stored(tmp_path, frame, said))


@pytest.mark.parametrize(
    "said",
    [
        "",
        "figures: returns",
        "figures: levels",
        "figures: returns\nunit: bp\nunits: percent",
        "figures: prices\nfigures: returns",
        "figures: prices\nunit: bp",
        "{",
    ],
)
def test_a_file_must_say_what_it_holds(tmp_path, said):
    assert "figures: prices, or figures: returns" in faults_of(
        stored(tmp_path, sample_prices(), said)
    )


def csv_file(folder, text):
    file = folder / "mine.csv"
    file.write_text(text, encoding="utf-8")
    file.with_suffix(".yaml").write_text("figures: prices", encoding="utf-8")
    return file


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("date,NVDX\n2025-12-23,1\n", "Did you mean NVDA?"),
        ("date,NVDA\n2025-12-23,abc\n", "'abc' in line 2"),
        ("date,NVDA\n2025-12-23,inf\n", "'inf' in line 2"),
        ("date,NVDA\n23/12/2025,1\n", "mine.csv, column date"),
        ("date,NVDA\n2025-12-23 10:30,1\n", "without a time of day"),
        ("date,NVDA\n2025-12-23T00:00+09:00,1\n", "without a time of day"),
        ("date,NVDA\n2025-12-23,1\n2025-12-23,2\n", "each date once"),
        ("date,NVDA\n2025-12-24,1\n2025-12-23,2\n", "above that of the row before"),
        ("date,NVDA\n2025-12-25,1\n", "XNYS had no session"),
        ("date,7203.T\n2025-12-31,1\n", "XTKS had no session"),
        ("date,USDJPY\n2025-12-27,150\n", "weekend"),
        ("date,NVDA\n2025-12-23,0\n2025-12-24,100\n", "returns?"),
        ("date,NVDA\n2025-12-23,1,2\n", "line 2"),
        ("date,NVDA,NVDA\n2025-12-23,1,2\n", "each name once"),
        ("Date,NVDA\n2025-12-23,1\n", "date, then each series id once"),
        ("", "a heading"),
        ("date,NVDA\n", "at least one number"),
    ],
)
def test_each_fault_of_a_csv_file(tmp_path, text, words):
    assert words in faults_of(csv_file(tmp_path, text))


def test_all_faults_come_at_once(tmp_path):
    file = csv_file(tmp_path, "date,NVDX,SP500\n2025-12-25,1,2\n2025-12-24,x,3\n")
    file.with_suffix(".yaml").unlink()
    text = faults_of(file)
    for words in ("mine.yaml", "'NVDX'", "'x' in line 3", "no session", "row before"):
        assert words in text


def test_a_return_without_bounds_is_refused(tmp_path):
    returns = sample_returns()
    returns.iloc[3, 0] = 1e300
    said = "figures: returns\nunit: fraction"
    assert "up to 1000 %" in faults_of(stored(tmp_path, returns, said))


def test_what_is_too_large_is_refused_unread(tmp_path):
    file = csv_file(tmp_path, "")
    os.truncate(file, 2_000_000_000)
    assert "at most 20,000,000 bytes; found 2,000,000,000" in faults_of(file)


def test_what_is_wrong_throughout_is_refused_in_few_words(tmp_path):
    ids = ",".join(f"A{k}" for k in range(900))
    told = faults_of(csv_file(tmp_path, f"date,{ids}\n2025-12-23{',1' * 900}\n"))
    assert "and 860 more" in told
    assert len(told) < 20_000


def test_a_csv_file_in_another_encoding(tmp_path):
    file = csv_file(tmp_path, "")
    file.write_bytes("date,NVDA\n2025-12-23,1\n# Zürich\n".encode("latin-1"))
    assert "UTF-8" in faults_of(file)


@pytest.mark.parametrize("name", ["none.csv", "mine.xlsx"])
def test_other_files_are_refused(tmp_path, name):
    (tmp_path / "mine.xlsx").touch()
    with pytest.raises(InputError, match=r"a \.csv file"):
        read_price_file(tmp_path / name, CALENDARS)
