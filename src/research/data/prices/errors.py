"""What can go wrong between Yahoo Finance and the file on disk, one class a cause."""

from __future__ import annotations

from research.errors import FetchError


class SeriesError(FetchError):
    """One series could not be fetched."""

    #: May the same question have an answer later; after how many such failures the fetch gives up.
    worth_retrying = False
    ends_fetch_after: int | None = None
    #: Seconds the service asked to wait, 0 when it named none.
    retry_after_s = 0.0


class OfflineError(SeriesError):
    """No answer at all: no network, no such host, refused, cut off or timed out."""

    worth_retrying, ends_fetch_after = True, 1


class RateLimitedError(SeriesError):
    """HTTP 429: too many questions."""

    worth_retrying, ends_fetch_after = True, 1


class ServerError(SeriesError):
    """HTTP 5xx: the service is broken for now."""

    worth_retrying, ends_fetch_after = True, 3


class NotJsonError(SeriesError):
    """A web page (consent, maintenance, a proxy's login) or a flood in place of figures."""

    ends_fetch_after = 3


class RefusedError(SeriesError):
    """HTTP 3xx to another host, or 4xx other than 404 and 429."""

    ends_fetch_after = 3


class UnknownTickerError(SeriesError):
    """The service does not know the ticker, or no longer."""


class EmptyAnswerError(SeriesError):
    """A well-formed answer without a single price."""


class MissingColumnsError(SeriesError):
    """The answer lacks a column that is needed."""


class MissingLastSessionError(SeriesError):
    """The last closed session has no price yet."""


class BadPricesError(SeriesError):
    """Prices that cannot be what was asked for: zero, twice, a break, another zone or currency."""
