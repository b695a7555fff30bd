"""A user's file is read as what it says it is, or refused with every fault."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet
import pytest

from research.data.prices.days import price_days
from research.data.prices.own import read_price_file
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
        frame.to_csv(file, float_format="%.14g")
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
    "said",
    [
        "figures: returns\nunit: bp\nunits: percent",
        "figures: prices\nFigure: returns",
        "figures: prices\n7: x",
        "figures: prices\nfigures: returns",
        "figures: 2026-99-99",
        "figures: " + "[" * 3000,
        "a: &a [x, x]\nb: &b [*a, *a]\nfigures: [*b, *b]",
        "figures: !!python/object/apply:os.getcwd []",
        'figures: "\\UFFFFFFFF"',
        "figures: prices\n# " + "x" * 50_000,
    ],
)
def test_yaml_of_another_kind_is_refused_in_words(tmp_path, said):
    told = faults_of(stored(tmp_path, sample_prices(), said))
    assert "mine.yaml" in told
    assert len(told) < 2_000


def loop(beside):
    beside.symlink_to(beside.name)


@pytest.mark.parametrize("make", [loop, os.mkfifo, Path.mkdir, lambda x: x.symlink_to("/dev/zero")])
def test_what_is_no_file_beside_it_is_refused_at_once(tmp_path, make):
    file = stored(tmp_path, sample_prices(), "figures: prices")
    file.with_suffix(".yaml").unlink()
    make(file.with_suffix(".yaml"))
    assert "mine.yaml" in faults_of(file)


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
        (DAYS.as_unit("s") + pd.Timedelta(seconds=60 * 60), "a date without a time of day"),
        (DAYS.tz_localize("UTC"), "a date without a time zone"),
    ],
)
def test_another_index_of_a_parquet_file_is_no_date(tmp_path, index, words):
    file = stored(tmp_path, sample_prices(), "figures: prices", ".parquet")
    sample_prices().set_axis(index).to_parquet(file)
    assert words in faults_of(file)


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


def with_break(factor: float) -> pd.DataFrame:
    prices = sample_prices()
    prices.iloc[:30] *= factor
    return prices


@pytest.mark.parametrize(
    ("prices", "asked"),
    [
        (with_break(10), "0.55 to 1.8 times"),
        (with_break(2), "0.55 to 1.8 times"),
        (with_break(0.5), "0.55 to 1.8 times"),
        (
            pd.concat(
                [sample_prices()[:9], sample_prices()[9:10] * 0 + 1e308, sample_prices()[10:]]
            ),
            "at most 1e+07",
        ),
    ],
)
def test_a_break_that_no_share_makes_is_refused(tmp_path, prices, asked):
    assert asked in faults_of(stored(tmp_path, prices, "figures: prices"))


def test_a_return_without_bounds_is_refused(tmp_path):
    returns = sample_returns()
    returns.iloc[3, 0] = 1e300
    said = "figures: returns\nunit: fraction"
    assert "up to 1000 %" in faults_of(stored(tmp_path, returns, said))


def large(folder: Path, content: bytes = b"", size: int = 0) -> Path:
    file = folder / "mine.csv"
    file.write_bytes(content)
    if size:
        os.truncate(file, size)
    file.with_suffix(".yaml").write_text("figures: prices")
    return file


@pytest.mark.parametrize(
    ("content", "size", "words"),
    [
        (b"", 2_000_000_000, "at most 20,000,000 bytes; found 2,000,000,000"),
        (b"", 1_000_000, "CSV in UTF-8"),
        (b"date," + b"x," * 20_000 + b"\n", 0, "at most 1,000 columns"),
        (b"date,NVDA\n" + b"x,1\n" * 30_000, 0, "at most 20,000 rows"),
        (b"date" + b",NVDA" * 999 + b"\n" + (b"," * 999 + b"\n") * 3_000, 0, "2,000,000 cells"),
        (b"date,NVDA\n" + b"x\n" * 15_000, 0, "14995 more that are not"),
        (b"date,NVDA\n2025-12-23," + b"9" * 100_000 + b"\n", 0, "row 2, NVDA"),
        (b"date," + b",".join(b"A%d" % k for k in range(900)) + b"\n2025-12-23" + b",1" * 900
         + b"\n", 0, "and 860 more"),
    ],
)  # fmt: skip
def test_what_is_too_large_or_wrong_throughout_is_refused_in_few_words(
    tmp_path, content, size, words
):
    told = faults_of(large(tmp_path, content, size))
    assert words in told
    assert len(told) < 20_000


def parquet_file(folder: Path, table: pa.Table, metadata: dict | None = None, **how) -> Path:
    file = folder / "mine.parquet"
    pyarrow.parquet.write_table(table.replace_schema_metadata(metadata), file, **how)
    file.with_suffix(".yaml").write_text("figures: prices")
    return file


FAR = pa.array([1_136_000_000_000_000], pa.int64()).cast(pa.timestamp("s"))
DAY = pa.array([20_000], pa.int32()).cast(pa.date32())
LATE = pa.array([2**31 - 1], pa.int32()).cast(pa.date32())


@pytest.mark.parametrize(
    ("table", "metadata"),
    [
        (pa.table({"date": FAR, "NVDA": [1.0]}), None),
        (pa.table({"date": LATE, "NVDA": [1.0]}), None),
        (pa.table({"date": DAY, "NVDA": [{"a": 1}]}), None),
        (pa.table({"date": DAY, "NVDA": [[1.0]]}), None),
        (pa.table({"date": ["2025-12-23"], "NVDA": [1.0]}), None),
        (pa.table({"NVDA": [1.0], "date": DAY}), {"pandas": "{"}),
        (pa.table({"NVDA": [1.0], "date": DAY}), {"pandas": "[1]"}),
        (pa.table({"NVDA": [1.0], "date": DAY}), {"pandas": '{"index_columns": 7}'}),
        (pa.table({"NVDA": [1.0], "date": DAY}), {"pandas": '{"index_columns": ["gone"]}'}),
        (pa.table({"NVDA": [1.0], "date": DAY}), {"pandas": b"\xff"}),
        (pa.table([DAY, pa.array([1.0]), pa.array([2.0])], names=["date", "NVDA", "NVDA"]), None),
    ],
)
def test_odd_parquet_is_refused_in_words(tmp_path, table, metadata):
    assert len(faults_of(parquet_file(tmp_path, table, metadata))) < 2_000


def test_parquet_that_unpacks_to_much_is_refused_unread(tmp_path):
    rows = 3_000_000
    dates = pa.array(np.zeros(rows, "int32")).cast(pa.date32())
    table = pa.table({"date": dates, "NVDA": np.zeros(rows)})
    file = parquet_file(tmp_path, table)
    assert file.stat().st_size < 1_000_000
    assert "at most 20,000 rows; found 3,000,000" in faults_of(file)


@pytest.mark.parametrize("value", ["12.5", True])
def test_text_and_truth_values_in_parquet_are_no_numbers(tmp_path, value):
    frame = sample_prices().astype(object)
    frame["NVDA"] = value
    assert "asked for numbers" in faults_of(stored(tmp_path, frame, "figures: prices", ".parquet"))


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
