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
        A key of `research.events.MODELS`.
    window, estimation
        First and last session of the event and of the estimation window, relative to day 0, in
        sessions of the asset's own exchange.
    min_estimation
        Fewest usable days of the estimation window.
    lags, leads
        Sessions before and after each day whose benchmark the model ``dimson`` reads as well.
    benchmark_calendar
        Exchange of the benchmark, where shares of other exchanges are measured against what it
        did between their own closes.
    """

    returns_are: str
    model: str
    window: tuple[int, int]
    estimation: tuple[int, int]
    min_estimation: int = MIN_ESTIMATION
    lags: int | None = None
    leads: int | None = None
    benchmark_calendar: str | None = None
