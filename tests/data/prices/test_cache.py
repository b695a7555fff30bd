"""The file of fetched prices survives kills and damage, or says that it did not."""

import io
import os
import subprocess
import sys

import pandas as pd
import pyarrow.parquet
import pytest

from research.data.prices import cache
from research.errors import DataError

# `write` forces two things to the disk: the prices and the copy of their description for people.
STEPS = 2

WRITER = """
import os, signal, sys
from research.data.prices import cache
sys.path.insert(0, {folder!r})
from test_cache import about, table
force, done = os.fsync, []
def force_or_die(handle):
    if len(done) == {last}:
        os.kill(os.getpid(), signal.SIGKILL)
    done.append(handle)
    force(handle)
os.fsync = force_or_die
cache.write(table(2.0), about())
sys.exit(len(done))
"""


def table(price):
    days = pd.DatetimeIndex(["2026-01-05", "2026-01-06"], name="date").as_unit("us")
    return pd.DataFrame({"NVDA": [price, price + 1], "N225": [price, float("nan")]}, index=days)


def about():
    return {
        "fetched_utc": "2026-01-06T12:00:00Z",
        "series": {"NVDA": "NVDA", "N225": "^N225"},
        "stand_ins": {},
        "missing": {},
        "left_out": [],
    }


@pytest.fixture(autouse=True)
def _own_root(tmp_path, monkeypatch):
    monkeypatch.setenv("RESEARCH_ROOT", str(tmp_path))


def test_what_was_written_is_read():
    cache.write(table(1.0), about())
    prices, said = cache.read()
    pd.testing.assert_frame_equal(prices, table(1.0))
    assert said == about()
    assert "2026-01-06T12:00:00Z" in cache.sidecar_path(cache.prices_path()).read_text()


@pytest.mark.parametrize("last", range(STEPS + 1))
def test_a_kill_at_any_step_leaves_whole_prices(last):
    cache.write(table(1.0), about())
    script = WRITER.format(folder=os.path.dirname(__file__), last=last)
    killed = subprocess.run([sys.executable, "-c", script], timeout=60, check=False)
    assert killed.returncode == (-9 if last < STEPS else STEPS)
    # The prices are replaced before the second step: until then the old ones stand.
    expected = table(2.0 if last >= 1 else 1.0)
    pd.testing.assert_frame_equal(cache.read()[0], expected)
    cache.write(table(3.0), about())
    assert not list(cache.prices_path().parent.glob(".*"))


def flip_a_byte(content):
    """Change the last byte of the first column's figures."""
    column = pyarrow.parquet.read_metadata(io.BytesIO(content)).row_group(0).column(0)
    place = column.dictionary_page_offset + column.total_compressed_size - 1
    return content[:place] + bytes([content[place] ^ 1]) + content[place + 1 :]


def of_another(content):
    """Give a file of the same table that something else stored."""
    stream = io.BytesIO()
    table(1.0).to_parquet(stream)
    return stream.getvalue()


@pytest.mark.parametrize(
    "damage",
    [
        flip_a_byte,
        lambda content: content[:-7],
        lambda _: b"PAR1 and nothing else",
        of_another,
    ],
)
def test_damage_is_an_error_that_names_the_command(damage):
    cache.write(table(1.0), about())
    content = cache.prices_path().read_bytes()
    damaged = damage(content)
    assert damaged != content
    cache.prices_path().write_bytes(damaged)
    with pytest.raises(DataError, match=r"(?s)damaged.*cache/prices.parquet.*research data fetch"):
        cache.read()


def test_no_prices_are_an_error_that_names_the_command():
    with pytest.raises(DataError, match="research data fetch"):
        cache.source_files("yahoo")
