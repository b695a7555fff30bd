"""A small stand-in for Yahoo's chart service on 127.0.0.1 that can play each fault.

The real client talks to it through `LocalSession`, which changes where a request goes and
nothing else. Prices are a fixed wave, so that a test can compute what must come out.
"""

from __future__ import annotations

import json
import threading
from collections import Counter
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, unquote, urlsplit

import numpy as np
import pandas as pd

from research.data.prices.days import FX, ZONES, price_days
from research.data.prices.yahoo import ChartSession

#: When the service stands still by default: Tokyo has closed, New York not yet opened.
NOW = pd.Timestamp("2026-01-06 12:00", tz="UTC")

HTML = b"<!DOCTYPE html><html><body>We care about your privacy</body></html>"
REFUSAL = b'{"chart": {"result": null, "error": {"code": "No", "description": "why not"}}}'
PAGES = {
    "html": (200, HTML, "text/html"),
    "403": (403, REFUSAL, "application/json"),
    "unknown": (404, REFUSAL, "application/json"),
    "429": (429, b"Too Many Requests", "text/plain"),
    "500": (500, HTML, "text/html"),
}


class LocalSession(ChartSession):
    """Goes through a proxy on this machine, without encryption: the proxy is the service."""

    def __init__(self, port):
        super().__init__(proxies={"http": f"http://127.0.0.1:{port}"})

    def request(self, method, url, *rest, **arguments):
        return super().request(method, url.replace("https://", "http://", 1), *rest, **arguments)


class ChartService:
    """The stand-in; use it as a context manager.

    `play` makes the next questions about a ticker meet a fault; `asked` counts them.
    """

    def __init__(self, now=NOW):
        self.now, self.asked, self._faults = now, Counter(), {}
        service = self

        class Handler(BaseHTTPRequestHandler):
            timeout = 5

            def do_GET(self):
                service._serve(self)

            do_POST = do_GET  # noqa: N815

            def log_message(self, *_):
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        serve = partial(self._server.serve_forever, poll_interval=0.01)
        self._thread = threading.Thread(target=serve, daemon=True)

    def __enter__(self):
        self._thread.start()
        return self

    def __exit__(self, *_):
        self._server.shutdown()
        self._server.server_close()
        self._thread.join(timeout=5)

    @property
    def port(self):
        return self._server.server_address[1]

    def session(self):
        return LocalSession(self.port)

    def play(self, symbol, fault, times=10**6):
        """Answer the next questions about a ticker with a fault."""
        self._faults[symbol] = (fault, times)

    def _serve(self, handler):
        path, asked = urlsplit(handler.path).path, parse_qs(urlsplit(handler.path).query)
        if path.startswith("/v8/finance/chart/"):
            symbol, query = unquote(path.rpartition("/")[2]), {k: v[0] for k, v in asked.items()}
            self.asked[symbol] += 1
            fault, left = self._faults.get(symbol, ("", 0))
            self._faults[symbol] = (fault, left - 1)
            query["now"] = str(self.now)
            return _answer(handler, symbol, query, fault if left > 0 else "")
        if path.endswith("getcrumb"):
            return _send(handler, 200, b"crumb", "text/plain")
        cookie = "A3=biscuit; Domain=.yahoo.com; Path=/; Max-Age=31536000"
        return _send(handler, 404, b"", "text/plain", {"Set-Cookie": cookie})


def _answer(handler, symbol, query, fault):
    if fault == "cut":
        handler.close_connection = True
        handler.connection.close()
    elif fault in PAGES:
        _send(handler, *PAGES[fault])
    elif fault.startswith("raw "):
        _send(handler, 200, fault.removeprefix("raw ").encode(), "application/json")
    else:
        content = json.dumps(spoilt(chart(symbol, query), fault)).encode()
        _send(handler, 200, content, "application/json")


def _send(handler, status, content, kind, headers=None):
    handler.send_response(status)
    about = {"Content-Type": kind, "Content-Length": str(len(content)), **(headers or {})}
    for name, value in about.items():
        handler.send_header(name, value)
    handler.end_headers()
    handler.wfile.write(content)


def calendar_of(symbol):
    if symbol.endswith("=X"):
        return FX
    return "XTKS" if symbol.endswith(".T") or symbol == "^N225" else "XNYS"


def close_of(symbol, days):
    """The unadjusted close that the service gives under these labels."""
    number = (days - pd.Timestamp("2024-01-01")).days.to_numpy()
    return np.round(100 + len(symbol) + 10 * np.sin(number / 7) + number % 5, 4)


#: The service adjusts everything before this day for one dividend of two per cent.
EX_DATE = pd.Timestamp("2025-12-10")


def adjusted_close_of(symbol, days):
    return close_of(symbol, days) * np.where(days < EX_DATE, 0.98, 1.0)


def chart(symbol, query):
    """A good answer, in Yahoo's form."""
    zone, now = ZONES[calendar_of(symbol)], pd.Timestamp(query["now"]).tz_localize(None)
    if "period1" in query:
        first, last = (
            pd.Timestamp(int(query[key]), unit="s", tz="UTC").tz_convert(zone).tz_localize(None)
            for key in ("period1", "period2")
        )
    else:
        first = last = now
    days = price_days(calendar_of(symbol), first.date(), min(last, now).date())
    if calendar_of(symbol) == FX:  # has a row for each weekday, also one without a market
        days = pd.bdate_range(first.date(), min(last, now).date())
    hour = {FX: 0, "XTKS": 9, "XNYS": 9.5}[calendar_of(symbol)]
    moments = (days + pd.Timedelta(hours=hour)).tz_localize(zone)
    close, adjusted = (of(symbol, days).tolist() for of in (close_of, adjusted_close_of))
    quote = {name: list(close) for name in ("open", "high", "low", "close")}
    result = {
        "meta": {
            "symbol": symbol,
            "currency": "JPY" if calendar_of(symbol) != "XNYS" else "USD",
            "instrumentType": "EQUITY",
            "exchangeTimezoneName": zone,
            "regularMarketPrice": close[-1] if close else None,
            "validRanges": ["1d", "max"],
        },
        "timestamp": [int(moment.timestamp()) for moment in moments],
        "indicators": {
            "quote": [quote | {"volume": [1000] * len(close)}],
            "adjclose": [{"adjclose": adjusted}],
        },
    }
    return {"chart": {"result": [result], "error": None}}


def spoilt(body, fault):
    """The good answer with one thing wrong."""
    result = body["chart"]["result"][0]
    quote, adjusted = result["indicators"]["quote"][0], result["indicators"]["adjclose"][0]
    cells = {"hole": None, "zero": 0.0, "negative": -3.0, "1e308": 1e308}
    zone, currency = ("exchangeTimezoneName", "America/Sao_Paulo"), ("currency", "BRL")
    labels = {"zone": zone, "currency": currency, "symbol": ("symbol", "OTHER")}
    if fault == "empty":
        del result["timestamp"]
        result["indicators"] = {"quote": [{}], "adjclose": [{}]}
    elif fault == "no close":
        del quote["close"]
    elif fault == "nulls":
        quote["close"] = adjusted["adjclose"] = [None] * len(quote["close"])
    elif fault == "no adjclose":
        del result["indicators"]["adjclose"]
    elif fault == "no last session":
        for values in (result["timestamp"], *quote.values(), adjusted["adjclose"]):
            del values[-1]
    elif fault == "last close is null":
        quote["close"][-1] = adjusted["adjclose"][-1] = None
    elif fault == "twice":
        result["timestamp"][5] = result["timestamp"][4]
    elif fault in cells:
        quote["close"][5:6] = adjusted["adjclose"][5:6] = [cells[fault]]
    elif fault in labels:
        result["meta"].update([labels[fault]])
    elif fault == "split":
        quote["close"][:20] = [10 * value for value in quote["close"][:20]]
        adjusted["adjclose"][:20] = [10 * value for value in adjusted["adjclose"][:20]]
    elif fault == "halved":
        adjusted["adjclose"][:20] = [value / 2 for value in adjusted["adjclose"][:20]]
    elif fault == "a day late":
        result["timestamp"] = [moment + 86_400 for moment in result["timestamp"]]
    elif fault:
        raise ValueError(f"no such fault: {fault}")
    return body
