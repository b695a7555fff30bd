"""What a measure asks for, the law on chosen days by citation, and what was known when."""

import csv
import random
from datetime import date
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from research.data import load_table
from research.errors import InputError
from research.tariffs import law as module
from research.tariffs.law import (
    FIRST_DAY,
    TRACKS_232,
    TRACKS_GENERAL,
    Measure,
    Schedule,
    collected_longer,
    japan_schedule,
)
from research.tariffs.rates import japan_goods

from .own_cases import in_force, raw

CARS_MFN_SHARE = 0.025
DAYS = pd.date_range(FIRST_DAY, "2026-12-31")
shares = st.floats(0, 2)
quick = settings(deadline=None)


def measure(basis="add_on", rate_share=0.25, general_rate_share=None, **changes):
    day = date(2025, 9, 16)
    fields = {
        "track": "s232_autos",
        "goods": ("cars",),
        "rate_share": rate_share,
        "basis": basis,
        "effective_date": day,
        "known_date": day,
        "source": "made up",
        "general_rate_share": general_rate_share,
    }
    return Measure(**(fields | changes))


@pytest.mark.parametrize(
    ("basis", "rate", "general", "mfn", "total"),
    [
        ("add_on", 0.25, None, 0.025, 0.275),
        ("floor", 0.15, None, 0.025, 0.15),
        ("floor", 0.15, None, 0.25, 0.25),
        ("cap", 0.15, 1.0, 0.025, 0.15),
        ("cap", 0.15, 0.05, 0.025, 0.075),
        ("metal_content", 0.5, None, 0.025, 0.525),
        ("full_value", 0.5, None, 0.025, 0.525),
        ("exempt", 0.5, None, 0.025, 0.025),
        ("suspended", 0.5, None, 0.025, 0.025),
        ("threat", 0.5, None, 0.025, 0.025),
        ("ends", 0.5, None, 0.025, 0.025),
    ],
)
def test_total_rate_by_basis(basis, rate, general, mfn, total):
    assert mfn + measure(basis, rate, general).duty_share(mfn) == pytest.approx(total, abs=1e-15)


@quick
@given(rate=shares, mfn=shares)
def test_floor_is_the_larger_rate_and_never_above_the_add_on(rate, mfn):
    floor, add_on = (measure(basis, rate).duty_share(mfn) for basis in ("floor", "add_on"))
    assert mfn + floor == pytest.approx(max(mfn, rate), abs=1e-12)
    assert 0 <= floor <= add_on


@quick
@given(rate=shares, general=shares, mfn=shares)
def test_cap_is_the_general_duty_or_the_room_under_the_cap(rate, general, mfn):
    duty = measure("cap", rate, general).duty_share(mfn)
    assert 0 <= duty <= general
    assert duty == 0 or mfn + duty <= rate + 1e-12


@pytest.mark.parametrize(
    ("change", "found"),
    [
        ({"rate_share": 2.0}, ""),
        ({"rate_share": 2.01}, "a share from 0 to 2"),
        ({"rate_share": float("nan")}, "finite"),
        ({"rate_share": True}, "valid number"),
        ({"goods": ()}, "at least 1 item"),
        ({"known_date": pd.NaT}, "date"),
        ({"known_date": pd.Timestamp("2025-01-01", tz="UTC")}, "date"),
        ({"general_rate_share": 1.0}, "with basis cap alone"),
        ({"basis": "cap"}, "with basis cap alone"),
        ({"colour": "red"}, "colour"),
    ],
)
def test_measures_made_in_python_are_checked_too(change, found):
    if not found:
        assert measure(**change).duty_share(0.1) == 2.0
        return
    with pytest.raises(ValidationError, match=found):
        measure(**change)


@pytest.fixture(scope="module")
def schedule():
    return japan_schedule()


def total(schedule, goods, on, mfn_share, known_on=None):
    measures = in_force(schedule, goods, on, known_on=known_on)
    return mfn_share + sum(measure.duty_share(mfn_share) for measure in measures)


with (Path(__file__).parent / "law_by_day.csv").open(newline="") as stream:
    LAW = list(csv.DictReader(stream))


@pytest.mark.parametrize("row", LAW, ids=lambda row: f"{row['goods']}-{row['on']}")
def test_rate_citation_and_authority(row, schedule):
    """The authority is that of the row of the timeline with the citation of the measure."""
    goods, on, mfn_share = row["goods"], row["on"], float(row["mfn_share"])
    rate_share = float(row["rate_share"])
    assert total(schedule, goods, on, mfn_share) == pytest.approx(rate_share, abs=1e-12)
    measures = in_force(schedule, goods, on, known_on=None)
    assert [row["source"] in one.source for one in measures] == [True] * bool(row["source"])
    timeline = raw("us_tariff_timeline_japan")
    for one in measures:
        cited = timeline.loc[timeline["source"] == one.source, "authority"]
        assert cited.str.startswith(row["authority"]).all()


def test_the_ended_duty_was_collected_until_the_day_before_section_122(schedule):
    for goods in ("general", "trucks"):
        longer = collected_longer(goods)
        (ends,) = (m for m in schedule.measures if m.basis == "ends" and goods in m.goods
                   and m.track == "ieepa")  # fmt: skip
        assert list(longer.index) == [pd.Timestamp(ends.effective_date)]
        # CBP message CSMS 67834313: not collected on goods entered from 24 February 2026 on.
        assert list(longer) == [pd.Timestamp("2026-02-24") - pd.Timedelta(days=1)]
        # The rate is that of the law all the same.
        for day in pd.date_range(ends.effective_date, longer.iloc[0]):
            tracks = [m.track for m in in_force(schedule, goods, day, known_on=None)]
            assert "ieepa" not in tracks
    assert collected_longer("cars").empty
    assert "CSMS 67834313" in raw("japan_scopes").query("authority == 'scotus'")["note"].item()


def test_the_deal_rate_as_in_force_and_as_corrected(schedule):
    for day in ("2025-08-07", "2025-09-03"):
        assert total(schedule, "general", day, 0.03, known_on=day) == pytest.approx(0.18)
        assert total(schedule, "general", day, 0.03, known_on="2025-09-04") == pytest.approx(0.15)


def test_the_threat_of_25_per_cent_never_applied(schedule):
    threat = [measure for measure in schedule.measures if measure.basis == "threat"]
    assert [measure.rate_share for measure in threat] == [0.25]
    without = Schedule(tuple(m for m in schedule.measures if m not in threat))
    for day in DAYS:
        for known_on in (None, day):
            force = in_force(schedule, "general", day, known_on=known_on)
            assert not {m.rate_share for m in force if m.track == "ieepa"} & {0.25}
            assert force == in_force(without, "general", day, known_on=known_on)


def test_goods_under_section_232_pay_no_other_duty(schedule):
    for goods in japan_goods().index.drop(["exempt", "exempt.polysilicon"]):
        for day in DAYS[::7]:
            tracks = [m.track for m in in_force(schedule, goods, day, known_on=None)]
            assert len(tracks) == len(set(tracks))
            security = set(tracks) & set(TRACKS_232)
            assert not security or len(tracks) == 1
            assert set(tracks) - security <= set(TRACKS_GENERAL)


def test_order_of_measures_does_not_matter(schedule):
    measures = list(schedule.measures)
    random.Random(1).shuffle(measures)
    shuffled = Schedule(tuple(measures))
    for goods in japan_goods().index.drop(["exempt", "exempt.polysilicon"]):
        for day in DAYS[::9]:
            ours = in_force(schedule, goods, day, known_on=None)
            assert ours == in_force(shuffled, goods, day, known_on=None)


def own(track="s301", **change):
    day = date(2026, 10, 1)
    fields = {"goods": ("cars",), "rate_share": 0.3, "basis": "add_on"} | change
    return Measure(track=track, effective_date=day, known_date=day, source="own", **fields)


def test_own_measures_stack_as_the_law_does(schedule):
    # A Section 301 duty on cars waits behind Section 232, until that ends.
    more = schedule.with_measures(own())
    assert total(more, "cars", "2026-10-01", CARS_MFN_SHARE) == pytest.approx(0.15)
    ended = more.with_measures(own("s232_autos", basis="ends", rate_share=0.0))
    assert total(ended, "cars", "2026-10-01", CARS_MFN_SHARE) == pytest.approx(0.325)
    assert total(schedule, "cars", "2026-10-01", CARS_MFN_SHARE) == pytest.approx(0.15)


def test_a_suspension_charges_nothing_until_a_later_measure_of_the_track(schedule):
    # Cars: 25 % from April 2025, suspended in May, 20 % from June; the deal's 15 % in September.
    def cars(day, basis, rate_share):
        on = date.fromisoformat(day)
        return measure(basis, rate_share, effective_date=on, known_date=on)

    more = schedule.with_measures(
        cars("2025-05-01", "suspended", 0.25), cars("2025-06-01", "add_on", 0.2)
    )
    days = ["2025-04-30", "2025-05-01", "2025-05-31", "2025-06-01", "2025-09-16"]
    rates = [total(more, "cars", day, CARS_MFN_SHARE) for day in days]
    assert rates == pytest.approx([0.275, 0.025, 0.025, 0.225, 0.15])


def test_a_suspended_security_duty_keeps_no_other_duty_off(schedule):
    day = date(2025, 6, 10)
    suspended = measure(
        "suspended", 0.25, track="s232_auto_parts", goods=("auto_parts",),
        effective_date=day, known_date=day,
    )  # fmt: skip
    more = schedule.with_measures(suspended)
    assert total(schedule, "auto_parts", day, 0.025) == pytest.approx(0.275)
    assert total(more, "auto_parts", day, 0.025) == pytest.approx(0.125)
    assert [m.track for m in in_force(more, "auto_parts", day, known_on=None)] == ["ieepa"]


@pytest.mark.parametrize("on", ["2024-12-31", "soon", None, 2025, "2025-08-07T00:00Z"])
def test_days_outside_the_schedule_are_refused(on, schedule):
    with pytest.raises(InputError) as caught:
        in_force(schedule, "cars", on, known_on="before")
    assert [fault.where for fault in caught.value.faults] == ["on", "known_on"]
    assert "a date from 2025-01-01 on" in str(caught.value)


@pytest.mark.parametrize(
    ("announced", "known"), [("2025-07", "2025-07-31"), ("2025-08", "2025-08-01")]
)
def test_a_month_of_announcement_is_known_at_its_end_or_at_effect(announced, known, monkeypatch):
    timeline = load_table("tariffs/us_tariff_timeline_japan")
    copper = timeline["authority"] == "s232_copper"
    changed = timeline.assign(announced_date=timeline["announced_date"].mask(copper, announced))
    monkeypatch.setattr(
        module,
        "load_table",
        lambda name: changed if name == "tariffs/us_tariff_timeline_japan" else load_table(name),
    )
    (found,) = in_force(japan_schedule.__wrapped__(), "copper", "2025-09-01", known_on=None)
    assert found.known_date == date.fromisoformat(known)


def test_the_last_day_is_the_last_that_takes_effect_or_becomes_known(schedule):
    timeline = load_table("tariffs/us_tariff_timeline_japan")
    covered = timeline[timeline["covers_japan"] == "yes"]
    assert schedule.last_day() == covered["effective_date"].max().date()
    later = measure("add_on", 0.1, effective_date=date(2027, 1, 1))
    known = measure("add_on", 0.1, known_date=date(2028, 2, 3))
    assert schedule.with_measures(later).last_day() == later.effective_date
    assert schedule.with_measures(later, known).last_day() == known.known_date
