"""One shape for bundled returns, fetched prices and files, and no network behind it."""

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from research.data import load_market, load_table
from research.data.prices import cache as price_cache
from research.data.prices.days import FACTOR_CALENDARS, price_days
from research.errors import DataError, InputError

from .prices.test_cache import about

BUNDLED = Path(__file__).resolve().parents[2] / "data" / "market"

# Prices are made from returns by multiplication; dividing them again loses a few digits.
ABSOLUTE = 1e-12


@pytest.fixture(autouse=True)
def _own_root(tmp_path, monkeypatch):
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "market").symlink_to(BUNDLED)
    (tmp_path / "data" / "checksums.sha256").symlink_to(BUNDLED.parent / "checksums.sha256")
    monkeypatch.setenv("RESEARCH_ROOT", str(tmp_path))


def made_up_prices(names, last="2026-07-07"):
    """Prices on the sessions of each series, from seeded returns."""
    calendars = {**load_table("market/series")["calendar"].to_dict(), **FACTOR_CALENDARS}
    rng = np.random.default_rng(550)
    parts = {}
    for name in names:
        days = price_days(calendars[name], "2024-06-03", last)
        parts[name] = pd.Series(100 * np.exp(rng.normal(0, 0.02, len(days)).cumsum()), days)
    return pd.concat(parts, axis=1, sort=True).rename_axis("date")


def store(prices, **changes):
    stand_ins = {"TOPIX": "the fund 1306.T"} if "TOPIX" in prices else {}
    now = {"fetched_utc": "2026-07-08T12:00:00Z", "stand_ins": stand_ins}
    price_cache.write(prices, {**about(), **now, **changes})


def test_yahoo_returns_are_those_of_the_prices():
    prices = made_up_prices(["TOPIX", "7203.T", "SP500", "NVDA", "USDJPY", "WTI"])
    store(prices)
    market = load_market("yahoo")
    assert list(market.series.index) == list(market.returns.columns)
    assert set(market.factors) == {"USDJPY", "WTI"}
    assert market.source == (
        "Yahoo Finance, fetched 2026-07-08 12:00:00 UTC, adjusted for dividends; "
        "TOPIX is the fund 1306.T; 2024-06-04 to 2026-07-07"
    )


def test_coverage_is_that_of_the_returns_at_hand():
    store(made_up_prices(["SP500", "NVDA"]))
    row = load_market("yahoo").series.loc["NVDA"]
    # The bundled returns of NVIDIA begin in August 2024; these begin earlier.
    assert row["first_date"] == pd.Timestamp("2024-06-04")
    assert row["returns_count"] == len(price_days("XNYS", "2024-06-04", "2026-07-07"))


def test_prices_that_end_before_the_bundled_figures_are_stale():
    store(made_up_prices(["SP500", "NVDA"], last="2026-06-30"))
    with pytest.raises(DataError, match="research data fetch") as caught:
        load_market("yahoo")
    assert [fault.where for fault in caught.value.faults] == ["SP500", "NVDA"]
    assert caught.value.faults[0].found == "2026-06-30"


def test_missing_series_are_named_in_the_words():
    store(made_up_prices(["SP500", "NVDA"]), missing={"AMD": "unknown"})
    assert "1 series missing (AMD)" in load_market("yahoo").source
    store(made_up_prices(["SP500", "NVDA"]), missing=dict.fromkeys(["AMD", "MU", "ON", "F"], ""))
    assert "4 series missing (AMD, MU, ON, F)" in load_market("yahoo").source


def test_a_file_of_bundled_returns_gives_the_bundled_returns(tmp_path):
    (tmp_path / "daily_returns_bp.csv").symlink_to(BUNDLED / "daily_returns_bp.csv")
    (tmp_path / "daily_returns_bp.yaml").write_text("figures: returns\nunit: bp\n")
    market = load_market("daily_returns_bp.csv")
    pd.testing.assert_frame_equal(
        market.returns, load_table("market/daily_returns_bp"), atol=ABSOLUTE
    )
    pd.testing.assert_frame_equal(market.series, load_table("market/series"), check_dtype=False)
    assert list(market.factors) == []
    assert "returns from the file daily_returns_bp.csv" in market.source


def test_a_file_of_prices_gives_the_returns_of_the_same_prices_fetched(tmp_path):
    prices = made_up_prices(["TOPIX", "SP500", "NVDA", "USDJPY"])
    store(prices)
    prices.to_csv(tmp_path / "mine.csv")
    (tmp_path / "mine.yaml").write_text("figures: prices\n")
    ours, theirs = load_market("yahoo"), load_market(str(tmp_path / "mine.csv"))
    pd.testing.assert_frame_equal(ours.returns, theirs.returns)
    pd.testing.assert_frame_equal(ours.factors, theirs.factors)


def test_a_file_of_factors_alone_is_no_market(tmp_path):
    made_up_prices(["USDJPY", "WTI"]).to_csv(tmp_path / "mine.csv")
    (tmp_path / "mine.yaml").write_text("figures: prices\n")
    with pytest.raises(DataError, match="no series"):
        load_market("mine.csv")


@pytest.mark.parametrize("source", ["", "Yahoo", "../data"])
def test_other_sources_are_refused(source):
    with pytest.raises(InputError, match="Unknown source"):
        load_market(source)


def test_loading_touches_no_client_of_the_network():
    store(made_up_prices(["SP500"]))
    script = (
        "import sys\n"
        "from research.data import load_market\n"
        "load_market('yahoo'); load_market('bundled')\n"
        "network = {'yfinance', 'curl_cffi', 'requests', 'research.data.prices.fetch'}\n"
        "found = network & set(sys.modules)\n"
        "sys.exit(str(found) if found else 0)\n"
    )
    subprocess.run([sys.executable, "-c", script], check=True, timeout=60, env=dict(os.environ))
