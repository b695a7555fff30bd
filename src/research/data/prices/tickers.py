"""Under which ticker Yahoo Finance has each series, and where it has something else."""

from collections.abc import Iterable
from typing import NamedTuple

import pandas as pd

from research.data.prices.checks import unknown_series
from research.data.prices.days import FACTOR_CALENDARS, FX
from research.errors import Fault, InputError, raise_if

_SYMBOLS = {"N225": "^N225", "SP500": "^GSPC", "TOPIX": "1306.T", "USDJPY": "JPY=X", "WTI": "CL=F"}
_ZONES = {"XTKS": "Asia/Tokyo", "XNYS": "America/New_York", FX: "Europe/London"}

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


class Listing(NamedTuple):
    """A series as Yahoo Finance has it; the answer must name its ``zone`` and ``currency``.

    ``stand_in`` says in a few words what it is instead, ``caveat`` how its figures differ from
    the bundled ones; both may be empty.
    """

    series_id: str
    symbol: str
    calendar: str
    zone: str
    currency: str
    pays_dividends: bool
    stand_in: str
    caveat: str

    @property
    def where(self) -> str:
        """Name series and ticker for messages."""
        same = self.series_id == self.symbol
        return self.symbol if same else f"{self.series_id} ({self.symbol})"


def listings(series: pd.DataFrame, wanted: Iterable[str] | None = None) -> list[Listing]:
    """Give the listing of each series wanted; of all series and factors when none is named."""
    known = {**series["calendar"].astype(str), **FACTOR_CALENDARS}
    ids, faults = list(known if wanted is None else wanted), []
    for place, name in enumerate(ids):
        if name not in known:
            faults.append(unknown_series("series", name, known))
        elif name in ids[:place]:
            faults.append(Fault("series", "each id once", f"{name} twice"))
    raise_if(InputError, "These series cannot be fetched.", faults)
    return [
        Listing(
            series_id=name,
            symbol=(symbol := _SYMBOLS.get(name, name)),
            calendar=(calendar := known[name]),
            zone=_ZONES[calendar],
            currency="USD" if calendar == "XNYS" else "JPY",
            # An index (a caret before its ticker) pays none; the fund that stands in for one does.
            pays_dividends=not symbol.startswith("^") and name not in FACTOR_CALENDARS,
            stand_in=_STAND_INS.get(name, ""),
            caveat=_CAVEATS.get(name, ""),
        )
        for name in ids
    ]
