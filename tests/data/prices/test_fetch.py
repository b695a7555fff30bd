"""Fetching with the real yfinance client against the stand-in of Yahoo's chart service."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from research.data import load_market, load_table
from research.data.market import compare
from research.data.prices import cache, fetch
from research.data.prices.days import price_days
from research.data.prices.fetch import fetch_prices
from research.data.prices.yahoo import listings
from research.errors import FetchError, InputError

from .chart_service import EX_DATE, NOW, ChartService, adjusted_close_of

# The client multiplies and divides by the adjustment: a few units in the last place.
RELATIVE = 1e-12

BUNDLED = Path(__file__).resolve().parents[3] / "data" / "market"
FIRST = pd.Timestamp("2025-11-04")
SERIES = pd.DataFrame(
    {"calendar": ["XTKS", "XTKS", "XTKS", "XNYS", "XNYS"]},
    index=pd.Index(["N225", "TOPIX", "7203.T", "SP500", "NVDA"], name="series_id"),
)


@pytest.fixture(autouse=True)
def _own_root(tmp_path, monkeypatch):
    monkeypatch.setenv("RESEARCH_ROOT", str(tmp_path))
    for name, value in {"ATTEMPTS": 3, "FIRST_WAIT_S": 0.01, "LONGEST_WAIT_S": 0.02}.items():
        monkeypatch.setattr(fetch, name, value)


@pytest.fixture
def service():
    with ChartService() as running:
        yield running


def fetched(service, *names, **arguments):
    wanted = listings(SERIES, names or None)
    fetch_prices(wanted, session=service.session(), now=NOW, **{"first": FIRST, **arguments})
    return cache.read()[0]


def files_on_disk():
    folder = cache.prices_path().parent
    return {path.name: path.read_bytes() for path in sorted(folder.glob("prices*.*"))}


@pytest.mark.parametrize(
    ("name", "symbol", "calendar", "last"),
    [
        ("N225", "^N225", "XTKS", "2026-01-06"),
        ("TOPIX", "1306.T", "XTKS", "2026-01-06"),
        # New York has not opened on 6 January: its row of that day is no close.
        ("SP500", "^GSPC", "XNYS", "2026-01-05"),
        ("WTI", "CL=F", "XNYS", "2026-01-05"),
    ],
)
def test_prices_stand_on_the_sessions_of_their_exchange(service, name, symbol, calendar, last):
    prices = fetched(service, name)[name]
    days = price_days(calendar, FIRST, last)
    assert list(prices.index) == list(days)
    assert (days < EX_DATE).any()
    np.testing.assert_allclose(prices, adjusted_close_of(symbol, days), rtol=RELATIVE)


@pytest.mark.parametrize(
    ("day", "label"),
    [
        ("2025-12-18", "2025-12-19"),
        ("2025-12-19", "2025-12-22"),  # Friday's rate stands under Monday
        ("2025-12-24", "2025-12-25"),  # no currency market on the 25th: the 26th has its rate again
        ("2025-12-31", "2026-01-01"),
    ],
)
def test_yen_rate_is_filed_a_day_before_its_label(service, day, label):
    prices = fetched(service, "USDJPY")["USDJPY"]
    served = pd.Series(
        adjusted_close_of("JPY=X", pd.DatetimeIndex([label, day])), index=[label, day]
    )
    assert prices[day] == pytest.approx(served[label], rel=RELATIVE)
    # Without the rule the day would have its own label's price, which is another.
    assert prices[day] != pytest.approx(served[day], rel=1e-4)
    left_out = [row["date"] for row in cache.read()[1]["left_out"] if "second" in row["reason"]]
    assert left_out == ["2025-12-24", "2025-12-31"]


def test_description_says_what_the_prices_are(service):
    fetched(service)
    about = cache.read()[1]
    assert about["series"]["TOPIX"] == "1306.T"
    assert about["stand_ins"] == {"TOPIX": "the fund 1306.T", "WTI": "the future CL=F"}
    assert about["rights"] == "for own use, not redistributed"
    assert about["fetched_utc"] == "2026-01-06T12:00:00Z"
    (unsettled,) = [row for row in about["left_out"] if row["series"] == "NVDA"]
    assert (unsettled["date"], unsettled["reason"][:19]) == ("2026-01-06", "session not settled")


def test_session_without_a_price_is_left_empty_and_named(service):
    service.play("NVDA", "hole")
    day = price_days("XNYS", FIRST, "2026-01-05")[5]
    assert day not in fetched(service, "NVDA").index
    gap = {"series": "NVDA", "date": f"{day:%F}", "reason": "no price on this session"}
    assert gap in cache.read()[1]["left_out"]


FAULTS = {
    "cut": "no answer",
    "429": "HTTP 429",
    "500": "HTTP 500",
    "403": "HTTP 403",
    "unknown": "HTTP 404",
    "html": "We care about your privacy",
    "raw []": "HTTP 200",
    'raw {"chart": {"result": [{"meta": null, "timestamp": "soon"}]}}': "HTTP 200",
    "empty": "HTTP 200",
    "no close": "HTTP 200",
    "nulls": "found no price",
    "no adjclose": "adjusted for dividends",
    "no last session": "2026-01-05 last",
    "last close is null": "2026-01-05 last",
    "twice": "two on 2025-11-10",
    "zero": "above zero",
    "negative": "above zero",
    "split": "0.55 to 1.8 times",
    "halved": "0.55 to 1.8 times",
    "1e308": "at most 1e+07",
    "zone": "'America/Sao_Paulo'",
    "currency": "'BRL'",
    "symbol": "'OTHER'",
    "a day late": "prices on other days",
}


@pytest.mark.parametrize(("fault", "words"), FAULTS.items())
def test_each_fault_has_its_error_and_leaves_the_file_alone(service, fault, words):
    fetched(service, "7203.T")
    before = files_on_disk()
    service.play("7203.T", fault)
    with pytest.raises(FetchError) as caught:
        fetched(service, "7203.T")
    assert words in str(caught.value)
    assert all(fault.where.startswith("7203.T") for fault in caught.value.faults)
    assert files_on_disk() == before


def test_an_index_needs_no_adjusted_prices(service):
    service.play("^GSPC", "no adjclose")
    assert len(fetched(service, "SP500")) > 20


@pytest.mark.parametrize(
    ("fault", "expected"),
    [("429", [0.01, 0.02]), ("500", [0.01, 0.02]), ("cut", [0.01, 0.02]), ("unknown", [])],
)
def test_what_may_pass_is_asked_again_up_to_the_cap(service, monkeypatch, fault, expected):
    waits: list[float] = []
    monkeypatch.setattr("tenacity.nap.time.sleep", waits.append)
    service.play("NVDA", fault)
    with pytest.raises(FetchError):
        fetched(service, "NVDA")
    assert waits == expected


def test_an_answer_after_failures_is_taken(service):
    # The client asks twice in each attempt that meets a 500, so the third attempt succeeds.
    service.play("NVDA", "500", times=4)
    assert fetched(service, "NVDA")["NVDA"].notna().all()


def test_all_faults_are_told_and_only_allow_partial_stores_the_rest(service):
    fetched(service)
    before = files_on_disk()
    service.play("NVDA", "unknown")
    service.play("^N225", "zero")
    with pytest.raises(FetchError, match=r"(?s)2 of 7 series.*N225: .*NVDA: "):
        fetched(service)
    assert files_on_disk() == before
    fetched(service, allow_partial=True)
    prices, about = cache.read()
    assert set(prices) == {"TOPIX", "7203.T", "SP500", "USDJPY", "WTI"}
    assert list(about["missing"]) == ["N225", "NVDA"]
    assert "404" in about["missing"]["NVDA"]


def test_no_answer_ends_the_fetch_and_nothing_is_stored(service):
    fetched(service)
    before = files_on_disk()
    service.play("JPY=X", "429")
    service.asked.clear()
    with pytest.raises(FetchError, match=r"USDJPY: .*HTTP 429"):
        fetched(service, allow_partial=True)
    assert service.asked["JPY=X"]
    assert not service.asked["CL=F"]
    assert files_on_disk() == before


def test_a_fetch_of_fewer_series_does_not_replace_more(service):
    fetched(service, "NVDA", "SP500")
    before = files_on_disk()
    with pytest.raises(InputError, match="SP500"):
        fetched(service, "NVDA")
    assert files_on_disk() == before
    fetched(service, "NVDA", allow_partial=True)
    assert list(cache.read()[0]) == ["NVDA"]


def test_unknown_ids_are_all_named():
    with pytest.raises(InputError, match=r"(?s)'NVDX'.*Did you mean NVDA\?.*'WTX'"):
        listings(SERIES, ["NVDX", "N225", "WTX"])


@pytest.mark.parametrize(("first", "last"), [("2025-12-01", "2025-11-01"), ("2027-01-01", None)])
def test_wrong_dates_are_refused(service, first, last):
    last = pd.Timestamp(last) if last else None
    with pytest.raises(InputError, match="a day before"):
        fetched(service, "NVDA", first=pd.Timestamp(first), last=last)
    assert not service.asked


def test_the_client_leaves_nothing_in_the_home_of_the_user(service, tmp_path):
    script = (
        "import sys, pandas as pd\n"
        f"sys.path.insert(0, {str(Path(__file__).parent)!r})\n"
        "from chart_service import LocalSession, NOW\n"
        "from research.data.prices.fetch import fetch_prices\n"
        "from research.data.prices.yahoo import listings\n"
        "series = pd.DataFrame({'calendar': ['XNYS']}, index=['NVDA'])\n"
        "fetch_prices(listings(series, ['NVDA']),\n"
        f"    first=pd.Timestamp('{FIRST}'), session=LocalSession({service.port}), now=NOW)\n"
    )
    home = tmp_path / "home"
    home.mkdir()
    places = dict.fromkeys(("HOME", "XDG_CACHE_HOME", "TMPDIR"), str(home))
    subprocess.run(
        [sys.executable, "-c", script], env={**os.environ, **places}, check=True, timeout=60
    )
    assert cache.read()[0]["NVDA"].notna().all()
    assert not list(home.iterdir())


def test_the_whole_way_from_the_service_to_returns(tmp_path):
    """The way of a user: fetch, load, hold it against the bundled returns."""
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "market").symlink_to(BUNDLED)
    (tmp_path / "data" / "checksums.sha256").symlink_to(BUNDLED.parent / "checksums.sha256")
    after = pd.Timestamp("2026-07-08 12:00", tz="UTC")
    names = [*load_table("market/series").index[::8], "TOPIX", "NVDA", "USDJPY", "WTI"]
    wanted = listings(load_table("market/series"), names)
    with ChartService(after) as service:
        fetch_prices(wanted, session=service.session(), now=after)
    market = load_market("yahoo")
    assert set(market.returns) | set(market.factors) == set(names)
    days = price_days("XNYS", "2024-05-28", "2026-07-07")
    served = pd.Series(adjusted_close_of("NVDA", days), days)
    np.testing.assert_allclose(
        market.returns["NVDA"].dropna(), (served / served.shift(1) - 1).iloc[1:], atol=1e-12
    )
    bundled = load_market("bundled")
    by_series = compare(bundled, market, tolerance_bp=1)[1].loc[market.returns.columns]
    # No series lacks a date of the bundled figures, and made-up prices differ on every date.
    known = bundled.returns[market.returns.columns].count()
    assert by_series["compared"].to_dict() == known.to_dict()
    assert (by_series["differ"] > 0.9 * by_series["compared"]).all()
