"""Other events: estimation days cut out, event windows flagged, by exchange and by event."""

import numpy as np
import pandas as pd
import pytest

from research.errors import InputError
from research.sessions import sessions

# The same regression from the same numbers.
SAME = 1e-10

ESTIMATION = (-100, -11)
REASON = "inside the window of another event"


def others(days, *positions, **columns):
    names = [f"other{number}" for number in range(len(positions))]
    return pd.DataFrame({"event_id": names, "date": [days[p] for p in positions], **columns})


def cut_days(study, asset="firm0"):
    rows = study.dropped[(study.dropped["reason"] == REASON) & (study.dropped["asset"] == asset)]
    assert (rows["part"] == "estimation").all()
    return list(rows["date"])


@pytest.mark.parametrize("window", [(0, 0), (-1, 2), (3, 5)])
def test_the_windows_of_other_events_are_cut_out_and_listed(panel, window):
    """By loops over days and events; one event reaches in from before, one overlaps another."""
    drawn = panel(n_firms=2)
    days = drawn.returns.index
    positions = (61, 20, 29, 60, 118, 140, 122)  # in no order
    study = drawn.study(window=window, exclude=others(days, *positions))
    inside = range(130 + ESTIMATION[0], 130 + ESTIMATION[1] + 1)
    cut = [d for d in inside if any(p + window[0] <= d <= p + window[1] for p in positions)]
    assert cut_days(study) == [days[d] for d in cut]
    assert (study.units["n_estimation"] == 90 - len(cut)).all()


def test_cut_days_count_as_days_without_a_figure(panel):
    """The estimate is that of returns with holes, to the last digit."""
    drawn = panel()
    days = drawn.returns.index
    study = drawn.study(window=(-1, 1), exclude=others(days, 60, 80))
    holed = drawn.returns.copy()
    holed.iloc[[59, 60, 61, 79, 80, 81]] = np.nan
    expected = type(drawn)(holed, drawn.benchmark, drawn.events).study(window=(-1, 1))
    pd.testing.assert_frame_equal(study.car(), expected.car(), rtol=SAME)
    assert (study.car()["se"] - drawn.study(window=(-1, 1)).car()["se"]).abs().max() > 1e-6


@pytest.mark.parametrize(
    ("position", "flag"), [(128, False), (129, True), (130, True), (132, True), (133, False)]
)
def test_an_event_window_with_the_day_of_another_event_is_flagged(panel, position, flag):
    drawn = panel()
    study = drawn.study(window=(-1, 2), exclude=others(drawn.returns.index, position))
    assert study.units["confounded"].tolist() == [flag] * 5


def test_an_event_does_not_exclude_itself(panel):
    drawn = panel(n_firms=1)
    days = drawn.returns.index
    second = drawn.events.assign(event_id="second", date=days[125])
    events = pd.concat([drawn.events, second], ignore_index=True)
    both = type(drawn)(drawn.returns, drawn.benchmark, events)
    study = both.study(window=(-1, 1), estimation=(-100, -2), exclude=events)
    assert study.units["confounded"].tolist() == [False, False]
    assert study.units.loc[("news", "firm0"), "n_estimation"] == 99 - 3
    assert study.units.loc[("second", "firm0"), "n_estimation"] == 99
    assert cut_days(study) == list(days[124:127])
    close = both.study(window=(-5, 5), estimation=(-100, -6), exclude=events)
    assert close.units["confounded"].tolist() == [True, True]


def test_a_row_with_an_asset_concerns_that_asset(panel):
    drawn = panel(n_firms=2)
    exclude = others(drawn.returns.index, 60, 70, asset=["firm1", "firm1"])
    units = drawn.study(exclude=exclude).units
    assert units["n_estimation"].tolist() == [90, 88]


def test_each_exchange_has_its_own_days(two_exchanges):
    """One piece of news: Tokyo has it on 2025-05-14, New York on the 13th; a holiday between."""
    drawn = two_exchanges()
    exclude = pd.DataFrame(
        {
            "event_id": ["other", "other", "late"],
            "calendar": ["XTKS", "XNYS", "XNYS"],
            "date": pd.to_datetime(["2025-05-14", "2025-05-13", "2025-07-18"]),
        }
    )
    study = drawn.study(model="mean", window=(-1, 4), estimation=(-100, -11), exclude=exclude)
    for asset, code, day in (("tokyo0", "XTKS", "2025-05-14"), ("york0", "XNYS", "2025-05-13")):
        own = sessions(code, "2025-01-01", "2025-12-31")
        zero = own.get_loc(pd.Timestamp(day))
        assert cut_days(study, asset) == list(own[zero - 1 : zero + 5])
    # 18 July is four sessions before New York's day 0 of the 24th, outside of its window.
    assert not study.units["confounded"].any()
    wide = drawn.study(model="mean", window=(-4, 4), exclude=exclude)
    flags = wide.units.groupby("calendar")["confounded"].unique().str[0]
    assert flags.to_dict() == {"XNYS": True, "XTKS": False}


def test_an_event_before_the_sample_counts_with_the_rest_of_its_window(two_exchanges):
    drawn = two_exchanges()
    first = drawn.returns.index[0]
    earlier = sessions("XTKS", "2024-09-01", first)[-3]
    exclude = pd.DataFrame({"event_id": ["before"], "calendar": ["XTKS"], "date": [earlier]})
    own = sessions("XTKS", first, "2025-07-23")
    estimation = (1 - len(own), -11)
    study = drawn.study(model="mean", window=(0, 3), estimation=estimation, exclude=exclude)
    tokyo = sessions("XTKS", earlier, first)
    assert len(tokyo) == 3
    assert cut_days(study, "tokyo0") == list(own[:2])


def test_a_missing_return_in_a_cut_window_keeps_its_own_reason(panel):
    drawn = panel(n_firms=1)
    drawn.returns.iloc[60] = np.nan
    study = drawn.study(window=(0, 1), exclude=others(drawn.returns.index, 60))
    assert study.dropped["reason"].tolist() == ["no return of the asset", REASON]


CASES = [
    (lambda t: t["date"], "exclude", "Series"),
    (lambda t: t.drop(columns="date"), "exclude", "event_id"),
    (lambda t: t.assign(date="2020-05-01"), "exclude.date", "str"),
    (lambda t: t.assign(date=[pd.NaT, t["date"].iloc[1]]), "exclude row 0", "NaT"),
    (lambda t: t.assign(event_id="a"), "exclude", "several"),
    (lambda t: t.assign(calendar="XTKS"), "exclude", "event_id, date, calendar"),
    (lambda t: t.assign(date=pd.Timestamp("2020-05-02")), "exclude row 0", "2020-05-02"),
]


@pytest.mark.parametrize(("damage", "where", "found"), CASES)
def test_other_events_that_cannot_be_read(panel, damage, where, found):
    drawn = panel()
    with pytest.raises(InputError) as caught:
        drawn.study(exclude=damage(others(drawn.returns.index, 60, 61)))
    faults = [f for f in caught.value.faults if f.where.startswith(where)]
    assert any(found in fault.found for fault in faults), str(caught.value)


def test_exchanges_of_other_events_are_needed_and_known(two_exchanges):
    drawn = two_exchanges()
    table = others(drawn.returns.index, 60, 61)
    with pytest.raises(InputError, match="columns event_id, date, calendar"):
        drawn.study(model="mean", exclude=table)
    with pytest.raises(InputError) as caught:
        drawn.study(model="man", exclude=table.assign(calendar=["XLON", None]))
    places = [fault.where for fault in caught.value.faults]
    assert places == ["model", "exclude row 0", "exclude row 1"]
