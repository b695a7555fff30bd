"""Settings of an event study."""

from __future__ import annotations

from dataclasses import dataclass

#: Fewest usable days of the estimation window, unless the caller says otherwise.
MIN_ESTIMATION = 60


@dataclass(frozen=True, slots=True)
class Settings:
    """What an event study is asked to do.

    Attributes
    ----------
    returns_are
        ``simple`` or ``log``: a CAR is the plain sum of abnormal returns of this kind.
    model
        ``market``, ``market_adjusted`` or ``mean``.
    window, estimation
        First and last session of the event and of the estimation window, relative to day 0, in
        sessions of the asset's own exchange.
    min_estimation
        Fewest usable days of the estimation window.
    """

    returns_are: str
    model: str
    window: tuple[int, int]
    estimation: tuple[int, int]
    min_estimation: int = MIN_ESTIMATION
