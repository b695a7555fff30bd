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
    )
    with pytest.raises(InputError) as caught:
        day_zero(events, CALENDARS)
    where = [fault.where for fault in caught.value.faults]
    assert where == ["events['naive']", "events['late']", "events['none']"]


MOMENT = moments(e=pd.Timestamp("2025-07-22", tz="UTC"))


@pytest.mark.parametrize(
    ("events", "calendars", "words"),
    [
        (None, CALENDARS, ["events: asked for a DataFrame", "found NoneType"]),
        (MOMENT, CALENDARS.to_dict(), ["calendars: asked for a Series", "found dict"]),
        (None, {}, ["events: asked", "calendars: asked"]),
        (MOMENT, pd.Series({"a": ["XTKS"]}), ["calendars['a']", "found ['XTKS']"]),
        (pd.concat([MOMENT, MOMENT], axis=1), CALENDARS, ["one column moment_utc"]),
        (moments(e="noon", f=5), CALENDARS, ["events['e']", "'noon'", "events['f']", "found 5"]),
    ],
)
def test_what_is_no_table_or_no_moment_is_named(events, calendars, words):
    with pytest.raises(InputError) as caught:
        day_zero(events, calendars)
    for part in words:
        assert part in str(caught.value)


def test_labels_are_checked():
    events = pd.concat([moments(e=pd.Timestamp("2025-07-22", tz="UTC"))] * 2)
    calendars = pd.Series(["XTKS", None, "XLON"], index=["a", "a", "b"])
    with pytest.raises(InputError) as caught:
        day_zero(events.rename(columns={"moment_utc": "when"}), calendars)
    text = str(caught.value)
    assert len(caught.value.faults) == 5
    for part in ("calendars['a']", "'XLON'", "moment_utc", "'e' more than once", "'a' more than"):
        assert part in text
