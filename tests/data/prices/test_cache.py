"""The file of fetched prices survives kills, races and damage, or says that it did not."""

from __future__ import annotations

import os
import subprocess
import sys
import threading

import pandas as pd
import pytest
import yaml

from research.data.prices import cache as price_cache
from research.errors import DataError

# `write` forces four things to the disk: table, folder, description, folder.
STEPS = 4

WRITER = """
import os, signal, sys
from research.data.prices import cache as price_cache
sys.path.insert(0, {folder!r})
from test_cache import about, table
force, done = os.fsync, []
def force_or_die(handle):
    if len(done) == {last}:
        os.kill(os.getpid(), signal.SIGKILL)
    done.append(handle)
    force(handle)
os.fsync = force_or_die
price_cache.write(table(2.0), about())
sys.exit(len(done))
"""


def table(price: float) -> pd.DataFrame:
    days = pd.DatetimeIndex(["2026-01-05", "2026-01-06"], name="date").as_unit("us")
    return pd.DataFrame({"NVDA": [price, price + 1], "N225": [price, float("nan")]}, index=days)


def about() -> dict[str, object]:
    return {
        "title": "prices",
        "unit": "USD",
        "authority": "Yahoo Finance",
        "rights": "own use",
        "fetched_utc": "2026-01-06T12:00:00Z",
        "auto_adjust": True,
        "yfinance": "1.7.0",
        "series": {"NVDA": {"last": "2026-01-06"}, "N225": {"last": "2026-01-05"}},
        "missing": {},
        "left_out": [],
    }


@pytest.fixture(autouse=True)
def _own_root(tmp_path, monkeypatch):
    monkeypatch.setenv("RESEARCH_ROOT", str(tmp_path))


def tables() -> list[str]:
    return sorted(path.name for path in price_cache.description_file().parent.glob("*.parquet"))


def test_what_was_written_is_read():
    price_cache.write(table(1.0), about())
    stored = price_cache.read()
    pd.testing.assert_frame_equal(stored.prices, table(1.0))
    assert stored.about["yfinance"] == "1.7.0"
    assert [path.name for path in price_cache.files()] == ["prices.yaml", stored.about["file"]]


@pytest.mark.parametrize("last", range(STEPS + 1))
def test_a_kill_at_any_step_leaves_whole_prices(last):
    price_cache.write(table(1.0), about())
    script = WRITER.format(folder=os.path.dirname(__file__), last=last)
    killed = subprocess.run([sys.executable, "-c", script], timeout=60, check=False)
    assert killed.returncode == (-9 if last < STEPS else STEPS)
    # The description is replaced before the fourth step: until then the old prices stand.
    expected = table(2.0 if last >= 3 else 1.0)
    pd.testing.assert_frame_equal(price_cache.read().prices, expected)
    price_cache.write(table(3.0), about())
    pd.testing.assert_frame_equal(price_cache.read().prices, table(3.0))
    assert not list(price_cache.description_file().parent.glob(".*.part"))


def test_old_tables_go_but_the_one_before_stays_for_readers():
    for price in range(1, 6):
        price_cache.write(table(float(price)), about())
    assert len(tables()) == 2


def test_two_writers_leave_one_whole_set():
    def write_often(price: float) -> None:
        for turn in range(8):
            price_cache.write(table(price + turn), about())

    writers = [threading.Thread(target=write_often, args=(price,)) for price in (100.0, 200.0)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join(timeout=60)
    price_cache.read()
    assert not [name for name in tables() if name not in {p.name for p in price_cache.files()}][1:]


def flip_a_byte(stored: price_cache.CachedPrices) -> None:
    file = price_cache.files()[1]
    content = bytearray(file.read_bytes())
    content[len(content) // 2] ^= 1
    file.write_bytes(bytes(content))


def cut_short(stored: price_cache.CachedPrices) -> None:
    file = price_cache.files()[1]
    file.write_bytes(file.read_bytes()[:-7])


def remove_the_table(stored: price_cache.CachedPrices) -> None:
    price_cache.files()[1].unlink()


def break_the_yaml(stored: price_cache.CachedPrices) -> None:
    price_cache.description_file().write_text("title: [", encoding="utf-8")


def empty_the_yaml(stored: price_cache.CachedPrices) -> None:
    price_cache.description_file().write_bytes(b"")


def written(text: str):
    return lambda stored: price_cache.description_file().write_text(text, encoding="utf-8")


def a_pipe(stored: price_cache.CachedPrices) -> None:
    price_cache.description_file().unlink()
    os.mkfifo(price_cache.description_file())


def edit(key: str, value: object):
    def change(stored: price_cache.CachedPrices) -> None:
        text = yaml.safe_dump({**stored.about, key: value})
        price_cache.description_file().write_text(text, encoding="utf-8")

    return change


@pytest.mark.parametrize(
    ("damage", "words"),
    [
        (flip_a_byte, "SHA-256"),
        (cut_short, "SHA-256"),
        (remove_the_table, "found none"),
        (break_the_yaml, "YAML"),
        (empty_the_yaml, "another version"),
        (edit("layout", 99), "another version"),
        (edit("auto_adjust", "yes"), "auto_adjust"),
        (edit("file", "../secret.parquet"), "prices.yaml.file"),
        (edit("series", {"NVDA": {}}), "series"),
        (edit("series", {"NVDA": 1, "N225": {}}), "prices.yaml.series.NVDA"),
        (written("layout: 1\nlayout: 1\n"), "the same key twice"),
        (written("layout: 1\nfetched_utc: 2026-99-99\n"), "not plain YAML"),
        (written("layout: " + "[" * 5000), "nested deeper"),
        (written("layout: 1\ntitle: " + "x" * 4_000_000), "more than 3000000"),
        (a_pipe, "not a regular file"),
    ],
)
def test_damage_is_an_error_that_names_the_command(damage, words):
    price_cache.write(table(1.0), about())
    damage(price_cache.read())
    with pytest.raises(DataError, match="research data fetch") as caught:
        price_cache.read()
    assert words in str(caught.value)


def test_a_pickle_in_place_of_the_yaml_is_not_opened(tmp_path):
    price_cache.write(table(1.0), about())
    trap = "!!python/object/apply:os.mkdir ['" + str(tmp_path / "trapped") + "']\n"
    price_cache.description_file().write_text(trap, encoding="utf-8")
    with pytest.raises(DataError):
        price_cache.read()
    assert not (tmp_path / "trapped").exists()
