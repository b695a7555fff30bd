"""Day 0 of each event and asset: asked and used date, per exchange."""

import pandas as pd
import pytest

from research.errors import InputError
from research.events import day_zero

CALENDARS = pd.Series({"7203": "XTKS", "8035": "XTKS", "NVDA": "XNYS"})


def moments(**when):
    return pd.DataFrame({"moment_utc": pd.Series(when)})


def test_one_row_an_event_and_asset():
    when = pd.Timestamp("2025-07-22 19:12", tz="America/New_York")
    found = day_zero(moments(deal=when), CALENDARS).set_index(["event_id", "asset"])
    assert found["date"].astype(str).tolist() == ["2025-07-23"] * 3
    assert found["phase"].tolist() == ["before open", "before open", "after close"]
    assert (found["asked_utc"] == when.tz_convert("UTC")).all()
    assert found["calendar"].to_dict() == {("deal", a): c for a, c in CALENDARS.items()}


def test_all_faults_at_once():
    events = moments(
        naive=pd.Timestamp("2025-07-22 19:12"),
        late=pd.Timestamp("2040-01-01", tz="UTC"),
        fine=pd.Timestamp("2025-07-22", tz="UTC"),
        none=pd.NaT,
        text="noon",
    )
    with pytest.raises(InputError) as caught:
        day_zero(events, CALENDARS)
    where = [fault.where for fault in caught.value.faults]
    assert where == ["events['naive']", "events['late']", "events['none']", "events['text']"]


def test_an_exchange_that_is_not_known_is_named():
    events = moments(e=pd.Timestamp("2025-07-22", tz="UTC"))
    with pytest.raises(InputError, match="XTKS or XNYS; found 'XLON'"):
        day_zero(events, pd.Series({"a": "XLON"}))
