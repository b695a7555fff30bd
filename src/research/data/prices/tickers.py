"""Under which ticker Yahoo Finance has each series, and where it has something else."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from research.data.prices.days import FX
from research.errors import Fault, InputError, near, raise_if

if TYPE_CHECKING:
    from collections.abc import Iterable

    import pandas as pd

_SYMBOLS = {"N225": "^N225", "SP500": "^GSPC", "TOPIX": "1306.T"}
_ZONES = {"XTKS": "Asia/Tokyo", "XNYS": "America/New_York"}
_CURRENCIES = {"XTKS": "JPY", "XNYS": "USD"}

#: What a series is at Yahoo where it is not the same thing, in two or three words.
_STAND_INS = {"TOPIX": "the fund 1306.T", "WTI": "the future CL=F"}

_CAVEATS = {
    "TOPIX": (
        "Yahoo has no TOPIX. The exchange-traded fund 1306.T (NEXT FUNDS TOPIX) stands in: it "
        "follows the index with dividends, and its own close differs by some basis points a day."
    ),
    "USDJPY": (
        "Yahoo labels the close of JPY=X a day late; each rate is filed under the trading day "
        "before its label. It is the rate at midnight in London; the bundled rate is the "
        "European Central Bank's of 14:15 in Frankfurt."
    ),
    "WTI": (
        "CL=F is the front-month future and jumps when the contract rolls; the bundled figure "
        "is the spot price at Cushing."
    ),
}


@dataclass(frozen=True, slots=True)
class Listing:
    """A series as Yahoo Finance has it.

    ``calendar`` is ``XTKS``, ``XNYS`` or ``FX``; ``zone`` and ``currency`` are what the answer must
    say; adjusted and unadjusted prices differ where it pays dividends. ``stand_in`` says in a few
    words what it is instead, ``caveat`` how its figures differ from the bundled ones; both may be
    empty.
    """

    series_id: str
    symbol: str
    calendar: str
    zone: str
    currency: str
    pays_dividends: bool
    stand_in: str = ""
    caveat: str = ""


_YEN = Listing("USDJPY", "JPY=X", FX, "Europe/London", "JPY", False, "", _CAVEATS["USDJPY"])
_OIL = ("WTI", "CL=F", "XNYS", _ZONES["XNYS"], "USD", False, _STAND_INS["WTI"], _CAVEATS["WTI"])
FACTORS = {"USDJPY": _YEN, "WTI": Listing(*_OIL)}


def listings(series: pd.DataFrame, wanted: Iterable[str] | None = None) -> list[Listing]:
    """Give the listing of each series wanted; of all series and factors when none is named."""
    calendars = series["calendar"].astype(str)
    known = {str(name): _listing(str(name), code) for name, code in calendars.items()} | FACTORS
    ids, faults = list(known if wanted is None else wanted), []
    for place, name in enumerate(ids):
        if name not in known:
            todo = near(name, known, cutoff=0.5) or "See data/market/series.csv."
            asked = "an id of market/series.csv, USDJPY or WTI"
            faults.append(Fault("series", asked, repr(name), todo))
        elif name in ids[:place]:
            faults.append(Fault("series", "each id once", f"{name} twice"))
    raise_if(InputError, "These series cannot be fetched.", faults)
    return [known[name] for name in ids]


def _listing(name: str, calendar: str) -> Listing:
    symbol = _SYMBOLS.get(name, name)
    return Listing(
        series_id=name,
        symbol=symbol,
        calendar=calendar,
        zone=_ZONES[calendar],
        currency=_CURRENCIES[calendar],
        # An index (its ticker begins with a caret) pays none; the fund that stands in for one does.
        pays_dividends=not symbol.startswith("^"),
        stand_in=_STAND_INS.get(name, ""),
        caveat=_CAVEATS.get(name, ""),
    )
