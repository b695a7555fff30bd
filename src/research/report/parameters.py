"""What the parameters of each notebook may be: types and ranges.

Names, defaults, units and meanings stand in the notebooks' ``parameters`` cells. The module is
light: the runner checks parameters on every call.
"""

from contextlib import suppress
from datetime import date
from pathlib import PurePath
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, BeforeValidator, Field, model_validator

from research.data.groups import NOT_FIRMS, NOT_SHARES
from research.data.listed import listed, read_column
from research.deal import terms
from research.jobs import FIRST_YEAR, LAST_YEAR
from research.values import File, Parameters, each_once, one_line

#: Sessions: fewest of an estimation window, its oldest before day 0 (the bundled figures start 139
#: before 2025), and the ends of an event window.
MIN_ESTIMATION, MAX_ESTIMATION, MAX_WINDOW = 60, 400, 20

_PRICES = (".csv",)


def _day_as_text(value: object) -> object:
    """Give a day as text: YAML reads a date where nobody wrote quotes."""
    return value.isoformat() if type(value) is date else value


#: Two whole numbers; a day as text, or none.
Pair = Annotated[list[int], Field(min_length=2, max_length=2)]
Day = Annotated[str, Field(pattern=r"^(\d{4}-\d\d-\d\d)?$"), BeforeValidator(_day_as_text)]

#: Fewest draws with which an interval is worth printing, and most that fit into memory.
Draws = Annotated[int, Field(ge=500, le=50_000)]
Seed = Annotated[int, Field(ge=0, le=2**32 - 1)]

Group = Annotated[str, listed("market/series", "group", other_than=NOT_SHARES)]
Firm = Annotated[str, listed("market/series", "series_id", other_than=NOT_FIRMS)]

Ticker = Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,19}$")]
GroupName = Annotated[str, Field(min_length=1, max_length=40), AfterValidator(one_line)]

#: Event of a run that asks for none: only beside it may another day be asked for.
USUAL_EVENT = "consultation_2"


def _window(window: list[int]) -> list[int]:
    if not -MAX_WINDOW <= window[0] <= window[1] <= MAX_WINDOW:
        ends = f"from {-MAX_WINDOW} to {MAX_WINDOW} sessions"
        raise ValueError(f"first <= last, both {ends}")
    return window


def _estimation(window: list[int]) -> list[int]:
    if window[0] < -MAX_ESTIMATION or window[1] - window[0] + 1 < MIN_ESTIMATION:
        oldest = f"none before {-MAX_ESTIMATION}"
        raise ValueError(f"at least {MIN_ESTIMATION} sessions, {oldest}")
    return window


def _source(source: str) -> str:
    path = source.isprintable() and PurePath(source).suffix in _PRICES
    if not (path or source in ("bundled", "yahoo")):
        raise ValueError("bundled, yahoo, or a path that ends in .csv")
    return source


class MarketReactions(Parameters):
    """Parameters of ``01_market_reactions``; the notebook says what each is, and its default."""

    event_id: Annotated[str, listed("deal/events", "event_id")]
    event_date: Day
    groups: Annotated[list[Group], Field(min_length=1, max_length=30), each_once("group")]
    firms: Annotated[list[Firm], Field(min_length=1, max_length=10), each_once("firm")]
    window: Annotated[Pair, AfterValidator(_window)]
    estimation: Annotated[Pair, AfterValidator(_estimation)]
    model: Literal["market", "market_adjusted", "mean"]
    source: Annotated[str, Field(max_length=1000), AfterValidator(_source), File(_PRICES)]
    own_groups: Annotated[dict[GroupName, list[Ticker]], Field(max_length=30)]

    @model_validator(mode="after")
    def _own_day_and_tickers(self) -> Self:
        if self.event_date and self.event_id != USUAL_EVENT:
            raise ValueError(f"event_id or event_date, not {self.event_id}, {self.event_date}")
        own = [*self.own_groups, *(one for listed in self.own_groups.values() for one in listed)]
        known = {*read_column("market/series", "series_id"), *read_column("market/series", "group")}
        odd = [one for one in own if one in known or own.count(one) > 1]
        if odd:
            raise ValueError(f"own_groups of own names and tickers, each once, not {odd[0]}")
        if own and self.source in ("bundled", "yahoo"):
            raise ValueError("own_groups only with a source that is a file")
        return self

    @model_validator(mode="after")
    def _estimation_before_window(self) -> Self:
        if self.estimation[1] >= self.window[0]:
            raise ValueError(
                f"estimation must end before the event window starts (session {self.window[0]}), "
                f"but ends at session {self.estimation[1]}"
            )
        return self


#: Latest first year and fewest years of a horizon: most building starts by 2029, and takes years.
LATEST_FIRST_JOB_YEAR, FEWEST_JOB_YEARS = 2029, 3

UsState = Annotated[str, listed("jobs/state_tiles", "state")]


def _horizon(years: list[int]) -> list[int]:
    first, last = years
    early = FIRST_YEAR <= first <= LATEST_FIRST_JOB_YEAR
    if not (early and first + FEWEST_JOB_YEARS - 1 <= last <= LAST_YEAR):
        raise ValueError(
            f"a first year from {FIRST_YEAR} to {LATEST_FIRST_JOB_YEAR} and a last one at "
            f"least {FEWEST_JOB_YEARS - 1} years later, to {LAST_YEAR}"
        )
    return years


class Jobs(Parameters):
    """Parameters of ``02_jobs``; the notebook says what each is, and its default."""

    scenario: Literal["pledge", "named", "announced"]
    mix: Literal["drawn", "mou_sectors", "as_announced", "expressions"]
    horizon: Annotated[Pair, AfterValidator(_horizon)]
    price_year: Annotated[int, Field(ge=2012, le=2025)]
    vintage: Literal["both", "nipa_2021", "oews_2025"]
    rungs: Annotated[dict[str, float | list[float]], Field(max_length=30)]
    together: Annotated[dict[str, float], Field(max_length=30)]
    method: Literal["SLQ", "CILQ", "FLQ", "AFLQ"]
    delta: Annotated[float, Field(ge=0, lt=1)]
    states: Annotated[list[UsState], Field(min_length=1, max_length=51), each_once("state")]
    draws: Draws
    seed: Seed


#: Years of the trade that each model of general equilibrium is solved on.
MODEL_YEARS = {"many_sectors": (2011,), "one_sector": (2011, 2023)}


TariffState = Annotated[
    str,
    Field(min_length=1, max_length=1000),
    BeforeValidator(_day_as_text),
    AfterValidator(one_line),
    File((".yaml",)),
]


class Tariffs(Parameters):
    """Parameters of ``03_tariffs``; the notebook says what each is, and its default."""

    scenario: TariffState
    counterfactual: TariffState
    elasticity_set: Annotated[str, listed("tariffs/elasticity_sets", "set", also=["mixture"])]
    model: Literal["many_sectors", "one_sector"]
    data_year: Literal[2011, 2023]
    retaliation: bool
    duties_on_others: Literal["collected", "none"]
    until: Day
    # Of each set of elasticities: one of many sectors takes some hundredths of a second.
    draws: Annotated[int, Field(ge=50, le=2_000)]
    seed: Seed

    @model_validator(mode="after")
    def _model_has_trade_of_the_year(self) -> Self:
        years = MODEL_YEARS[self.model]
        if self.data_year not in years:
            raise ValueError(f"data_year {' or '.join(map(str, years))} for the model {self.model}")
        return self


Rate = Annotated[float, Field(ge=0, le=20)]


def _range(ends: list[float]) -> list[float]:
    if ends and not (len(ends) == 3 and ends == sorted(ends)):
        raise ValueError("low, central and high, rising, or nothing")
    return ends


class Deal(Parameters):
    """Parameters of ``04_deal_economics``; the notebook says what each is, and its default."""

    reading: terms.Reading
    deemed_rate_pct: Rate
    compounding: terms.Compounding
    payment_order: terms.PaymentOrder
    crossing_year: terms.CrossingYear
    loss_rule: terms.LossRule
    pooling: terms.Pooling
    funding_cost_pct: Rate
    # Within one year no project may return enough for Japan to earn 20 %.
    life_years: Annotated[list[Annotated[float, Field(ge=2, le=80)]], AfterValidator(_range)]
    return_pct: Annotated[list[Annotated[float, Field(ge=-20, le=50)]], AfterValidator(_range)]
    realised_share: Annotated[list[terms.Share], Field(min_length=3), AfterValidator(_range)]
    discount_pct: Annotated[
        list[Annotated[float, Field(gt=0, le=20)]], Field(min_length=2, max_length=2)
    ]
    jpy_per_usd: Annotated[float, Field(ge=50, le=400)]
    draws: Draws
    seed: Seed


ClaimId = Annotated[str, listed("deal/claims", "claim_id")]


def _day_of_knowledge(day: str) -> str:
    with suppress(ValueError):
        if date(2025, 12, 24) <= date.fromisoformat(day) <= date(2036, 12, 31):
            return day
    raise ValueError("a day from 2025-12-24, that of the press report, to 2036-12-31")


class Claims(Parameters):
    """Parameters of ``05_claims``; the notebook says what each is, and its default."""

    as_of: Annotated[str, BeforeValidator(_day_as_text), AfterValidator(_day_of_knowledge)]
    first: Annotated[list[ClaimId], Field(min_length=3, max_length=3), each_once("claim")]
