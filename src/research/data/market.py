"""Daily returns, factors and printed index levels."""

from __future__ import annotations

from itertools import pairwise

import pandas as pd
import pandera.pandas as pa

from research import sessions
from research.data import schemas, tables
from research.data.identities import dates_rise
from research.data.tables import Check, Table, place
from research.errors import Fault

#: Basis points in one.
BP = 1e4

#: Returns are printed to 0.1 basis points, so each may be off by half of that.
RETURN_ROUNDING = 0.05 / BP

#: Levels are printed to 0.01 points.
LEVEL_ROUNDING = 0.005

#: No session moved a listed series by more; a slip of the decimal point does.
_LARGEST_RETURN_BP = 6000

_FIRST_DAY, _LAST_DAY = "2024-06-04", "2026-07-07"
_INDICES = ("N225", "TOPIX", "SP500")
_FACTOR_NAMES = ("USDJPY", "WTI")
_SERIES, _RETURNS = "market/series", "market/daily_returns_bp"
_LEVELS, _FACTORS = "market/printed_levels", "market/daily_factors_bp"
_ADJUSTMENTS = ("price index", "splits and dividends")


def load_daily_returns() -> pd.DataFrame:
    """Load the simple daily returns of all bundled series.

    Returns
    -------
    Dates x series, as fractions (0.01 is one per cent); NaN where the exchange of the series
    had no session or the series was not yet, or no longer, covered.

    Raises
    ------
    DataError
        If the table is not as compiled, has dates off the sessions of an exchange or gaps,
        or does not reproduce the index levels that the press printed.
    """
    frame = tables.load(RETURNS).set_index("date") / BP
    return frame.rename_axis(columns="series_id")


def load_daily_factors() -> pd.DataFrame:
    """Load the daily changes of USD/JPY and of WTI crude oil.

    Returns
    -------
    Dates x ``USDJPY``, ``WTI``, as fractions; NaN where there was no fixing that day.

    Raises
    ------
    DataError
        If the table is not as compiled.
    """
    return tables.load(FACTORS).set_index("date") / BP


def load_series() -> pd.DataFrame:
    """Load the list of series: name, group, exchange calendar, adjustment, first and last date.

    Returns
    -------
    One row per ``series_id``, in the order of the columns of the returns.

    Raises
    ------
    DataError
        If the table is not as compiled.
    """
    return tables.load(SERIES).set_index("series_id")


def load_printed_levels() -> pd.DataFrame:
    """Load the closing levels of three indices that the press printed on eight days.

    Returns
    -------
    Dates x ``N225``, ``TOPIX``, ``SP500``, in index points.

    Raises
    ------
    DataError
        If the table is not as compiled.
    """
    return tables.load(LEVELS).set_index("date").rename_axis(columns="series_id")


def _returns_schema() -> pa.DataFrameSchema:
    bound = _LARGEST_RETURN_BP
    columns = {"date": schemas.date(_FIRST_DAY, _LAST_DAY, unique=True)}
    ids = tables.read(SERIES)["series_id"]
    return schemas.table(
        columns | {name: schemas.number(-bound, bound, blank=True) for name in ids}
    )


def _factors_schema() -> pa.DataFrameSchema:
    bound = _LARGEST_RETURN_BP
    columns = {"date": schemas.date(_FIRST_DAY, _LAST_DAY, unique=True)}
    return schemas.table(
        columns | {name: schemas.number(-bound, bound, blank=True) for name in _FACTOR_NAMES}
    )


def _series_schema() -> pa.DataFrameSchema:
    return schemas.table(
        {
            "series_id": schemas.text(unique=True),
            "name": schemas.text(unique=True),
            "group": schemas.text(pattern="[a-z_]+"),
            "calendar": schemas.text(one_of=sessions.EXCHANGES),
            "adjustment": schemas.text(one_of=_ADJUSTMENTS),
            "first_date": schemas.date(_FIRST_DAY, _LAST_DAY),
            "last_date": schemas.date(_FIRST_DAY, _LAST_DAY),
            "returns_count": schemas.count(1, 1000),
        }
    )


def _levels_schema() -> pa.DataFrameSchema:
    columns = {"date": schemas.date(_FIRST_DAY, _LAST_DAY, unique=True)}
    return schemas.table(columns | {name: schemas.number(1, 1e5) for name in _INDICES})


def _session_faults(frame: pd.DataFrame) -> list[Fault]:
    """Compare the days with a value of each series with the sessions between the first and last."""
    calendars = tables.read(SERIES).set_index("series_id")["calendar"]
    lines = pd.Series(frame.index, index=frame["date"])
    faults: list[Fault] = []
    for name, calendar in calendars.items():
        days = pd.DatetimeIndex(frame.loc[frame[name].notna(), "date"])
        if days.empty:
            faults.append(Fault(place(_RETURNS, column=name), "returns", "none"))
            continue
        expected = sessions.sessions(calendar, days[0].date(), days[-1].date())
        for day in days.difference(expected):
            where = place(_RETURNS, lines[day], name)
            faults.append(Fault(where, f"no value: {calendar} had no session", f"one on {day:%F}"))
        for day in expected.difference(days):
            where = place(_RETURNS, lines.get(day), name)
            faults.append(Fault(where, f"a value: {calendar} had a session", f"none on {day:%F}"))
    return faults


def _coverage_faults(frame: pd.DataFrame) -> list[Fault]:
    """Compare first date, last date and count in the list of series with the returns."""
    listed = tables.read(SERIES)
    values = frame.set_index("date")[listed["series_id"]]
    found = {
        "first_date": [values[name].first_valid_index() for name in values],
        "last_date": [values[name].last_valid_index() for name in values],
        "returns_count": values.count().to_list(),
    }
    return [
        Fault(
            place(_SERIES, line, column),
            f"{_day(ours)} as in daily_returns_bp",
            _day(listed_value),
        )
        for column, computed in found.items()
        for (line, listed_value), ours in zip(listed[column].items(), computed, strict=True)
        if listed_value != ours
    ]


def _level_faults(frame: pd.DataFrame) -> list[Fault]:
    """Compound the returns between printed days and compare with the printed levels."""
    levels = tables.read(LEVELS).set_index("date")
    returns = frame.set_index("date")[list(_INDICES)] / BP
    days = list(levels.index)
    return [
        fault
        for name in _INDICES
        for earlier, later in pairwise(days)
        for fault in _span_faults(returns[name], levels[name], earlier, later)
    ]


def _span_faults(
    returns: pd.Series, levels: pd.Series, earlier: pd.Timestamp, later: pd.Timestamp
) -> list[Fault]:
    """Compare one index between two printed days.

    With n returns each off by at most h, their product is off by about n h times itself; each
    of the two levels adds its own rounding.
    """
    span = returns[(returns.index > earlier) & (returns.index <= later)].dropna()
    before, after = float(levels[earlier]), float(levels[later])
    printed, ours = after / before, float((1 + span).prod())
    rounding = len(span) * RETURN_ROUNDING + LEVEL_ROUNDING / before + LEVEL_ROUNDING / after
    if abs(ours - printed) <= printed * rounding:
        return []
    return [
        Fault(
            f"{place(_RETURNS, column=returns.name)}, after {earlier:%F} to {later:%F}",
            f"{100 * (printed - 1):.3f} ± {100 * printed * rounding:.3f} % by printed_levels",
            f"{100 * (ours - 1):.3f} %",
        )
    ]


def _printed_session_faults(frame: pd.DataFrame) -> list[Fault]:
    closed = {}
    for calendar, city in sessions.EXCHANGES.items():
        open_days = sessions.sessions(calendar, _FIRST_DAY, _LAST_DAY)
        closed[city] = frame[~frame["date"].isin(open_days)]
    return [
        Fault(place(_LEVELS, line, "date"), f"a session in {city}", f"{day:%F}")
        for city, rows in closed.items()
        for line, day in rows["date"].items()
    ]


def _weekend_faults(frame: pd.DataFrame) -> list[Fault]:
    weekend = frame.loc[frame["date"].dt.day_of_week >= 5, "date"]
    return [
        Fault(place(_FACTORS, line, "date"), "a day from Monday to Friday", f"{day:%A %F}")
        for line, day in weekend.items()
    ]


def _day(value: object) -> str:
    return f"{value:%F}" if isinstance(value, pd.Timestamp) else str(value)


SERIES = Table(_SERIES, _series_schema)
LEVELS = Table(
    _LEVELS,
    _levels_schema,
    (dates_rise(_LEVELS), Check("dates are sessions", _printed_session_faults)),
)
RETURNS = Table(
    _RETURNS,
    _returns_schema,
    (
        dates_rise(_RETURNS),
        Check("values on all sessions of each exchange and on no other day", _session_faults),
        Check("coverage as in market/series", _coverage_faults),
        Check("compounded returns give the printed index levels", _level_faults),
    ),
    needs=(_SERIES, _LEVELS),
)
FACTORS = Table(
    _FACTORS,
    _factors_schema,
    (dates_rise(_FACTORS), Check("no weekends", _weekend_faults)),
)
TABLES = (SERIES, LEVELS, RETURNS, FACTORS)
