"""What measures name: the goods of each row of the timeline, and the sectors that can hold them."""

from __future__ import annotations

from collections.abc import Iterable

import pandas as pd
import pandera.pandas as pa

from research.data import schemas, tables
from research.data.tables import Check, Table, place
from research.data.tariffs import BASES, SECTORS, TIMELINE, sector_codes
from research.errors import Fault

#: What a row of the scopes has in common with its row of the timeline.
SCOPE_KEY = ("effective_date", "authority", "basis")

_SCOPES, _GOODS = "tariffs/japan_scopes", "tariffs/goods_sectors"
_NAMES = "[a-z0-9_]+( [a-z0-9_]+)*"


def load_japan_scopes() -> pd.DataFrame:
    """Load which goods each row of the timeline is applied to, and how.

    Returns
    -------
    One row for each application: `SCOPE_KEY` of the row of the timeline, ``track`` and ``goods``
    (names with spaces between; NaN = not applied), ``from_date``, ``rate_share``, ``duty_basis``
    and ``general_rate_share`` (NaN = as in the timeline), ``collected_until`` (last day on which
    customs collected a duty that had ended in law; NaT = none), ``note``.

    Raises
    ------
    DataError
        If the table is not as compiled, or its rows are not those of the timeline.
    """
    return tables.load(SCOPES).reset_index(drop=True)


def load_goods_sectors() -> pd.Series:
    """Load the sectors that can hold each good.

    Returns
    -------
    Goods -> tuple of sector codes of `load_us_imports`.

    Raises
    ------
    DataError
        If the table is not as compiled, or names a sector that does not exist.
    """
    listed = tables.load(GOODS).set_index("goods")["sectors"]
    return listed.astype(object).map(lambda codes: tuple(codes.split()))


def _goods_schema() -> pa.DataFrameSchema:
    return schemas.table(
        {
            "goods": schemas.text(pattern="[a-z0-9_]+", unique=True),
            "sectors": schemas.text(pattern="[A-Z]{3}( [A-Z]{3})*"),
        }
    )


def _scopes_schema() -> pa.DataFrameSchema:
    return schemas.table(
        {
            "effective_date": schemas.date("2018-01-01", "2026-12-31"),
            "authority": schemas.text(pattern="[a-z0-9_]+"),
            "basis": schemas.text(one_of=BASES),
            "track": schemas.text(pattern="[a-z0-9_]+", blank=True),
            "goods": schemas.text(pattern=_NAMES, blank=True),
            "from_date": schemas.date("2018-01-01", "2026-12-31", blank=True),
            "rate_share": schemas.number(0, 1, blank=True),
            "duty_basis": schemas.text(one_of=BASES, blank=True),
            "general_rate_share": schemas.number(0, 2, blank=True),
            "collected_until": schemas.date("2018-01-01", "2026-12-31", blank=True),
            "note": schemas.text(blank=True),
        },
        unique=(*SCOPE_KEY, "track", "goods"),
    )


def _sector_faults(frame: pd.DataFrame) -> list[Fault]:
    return _unknown(frame["sectors"], sector_codes(), place(_GOODS), "a sector of the import table")


def _good_faults(frame: pd.DataFrame) -> list[Fault]:
    known = [str(goods) for goods in tables.read(GOODS)["goods"]]
    return _unknown(frame["goods"].dropna(), known, place(_SCOPES), f"a row of {_GOODS}")


def _unknown(lists: pd.Series, known: Iterable[str], where: str, asked: str) -> list[Fault]:
    """Word a fault for each name in lists with spaces between that is not known."""
    allowed = set(known)
    return [
        Fault(f"{where}, line {line}, column {lists.name}", asked, repr(name))
        for line, names in lists.items()
        for name in names.split()
        if name not in allowed
    ]


def _timeline_faults(frame: pd.DataFrame) -> list[Fault]:
    """Ask for the same keys on both sides."""
    key = list(SCOPE_KEY)
    ours, theirs = (pd.MultiIndex.from_frame(f[key]) for f in (frame, tables.read(TIMELINE)))
    return [
        *(Fault(place(_SCOPES), f"a row {_words(row)}", "none") for row in theirs.difference(ours)),
        *(
            Fault(place(_SCOPES), f"a row of {TIMELINE.name}", _words(row))
            for row in ours.difference(theirs)
        ),
    ]


def _words(row: tuple[pd.Timestamp, str, str]) -> str:
    day, authority, basis = row
    return f"{day:%Y-%m-%d}, {authority}, {basis}"


def _application_faults(frame: pd.DataFrame) -> list[Fault]:
    """Ask for goods beside a track, and for a reason where a row is not applied."""
    track, goods, note = (frame[name].notna() for name in ("track", "goods", "note"))
    return [
        *(
            Fault(place(_SCOPES, line), "track and goods both, or neither", "one of them")
            for line in frame.index[track != goods]
        ),
        *(
            Fault(place(_SCOPES, line, "note"), "the reason of a row not applied", "a blank")
            for line in frame.index[~track & ~note]
        ),
    ]


def _collection_faults(frame: pd.DataFrame) -> list[Fault]:
    """Ask that only what ended in law was collected longer, and not to a day before its end."""
    longer = frame[frame["collected_until"].notna()]
    wrong = (longer["basis"] != "ends") | (longer["collected_until"] < longer["effective_date"])
    return [
        Fault(
            place(_SCOPES, line, "collected_until"),
            "a day from the end of a duty on, for a basis ends alone",
            f"{row.collected_until:%Y-%m-%d} for {row.basis} of {row.effective_date:%Y-%m-%d}",
        )
        for line, row in zip(longer.index[wrong], longer[wrong].itertuples(), strict=True)
    ]


GOODS = Table(
    _GOODS, _goods_schema, (Check("sectors exist", _sector_faults),), needs=(SECTORS.name,)
)
SCOPES = Table(
    _SCOPES,
    _scopes_schema,
    (
        Check("rows are those of the timeline", _timeline_faults),
        Check("goods exist", _good_faults),
        Check("rows are applied or say why not", _application_faults),
        Check("collection ends with a duty or after it", _collection_faults),
    ),
    needs=(TIMELINE.name, GOODS.name),
)
TABLES = (GOODS, SCOPES)
