"""The parameters of each notebook: type, default, range and meaning."""

from __future__ import annotations

from datetime import date
from pathlib import PurePath
from typing import Annotated, Literal, Self

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    field_validator,
    model_validator,
)

from research.data.groups import NOT_SHARES
from research.jobs.names import SWING_STATES

#: Shortest estimation window, in sessions: a market model on less has no use.
MIN_ESTIMATION_SESSIONS = 60

#: Event windows stay within this many sessions of day 0.
MAX_WINDOW_SESSIONS = 20

#: Oldest session of an estimation window; the bundled figures start 139 sessions before 2025.
MAX_ESTIMATION_SESSIONS = 400

_PRICE_SUFFIXES = (".csv", ".parquet")

Sessions = Annotated[list[int], Field(min_length=2, max_length=2)]


class Parameters(BaseModel):
    """What all parameter models share: no unknown name, no silent conversion of types."""

    model_config = ConfigDict(
        extra="forbid", strict=True, frozen=True, validate_default=True, allow_inf_nan=False
    )


def _each_once(names: list[str], noun: str) -> list[str]:
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise ValueError(f"each {noun} once, not twice: {', '.join(twice)}")
    return names


class MarketReactions(Parameters):
    """Parameters of ``01_market_reactions``.

    A field with ``choices`` takes its values from a column of a bundled table, given as
    ``[table, column]``; values of the column that are no choice are listed in ``except``, choices
    that are not in it in ``also``. A field with ``file_endings`` may hold the path of a file with
    one of them.
    """

    event_id: str = Field(
        "consultation_2",
        description="the event studied, an event_id of deal/events",
        json_schema_extra={"choices": ["deal/events", "event_id"]},
    )
    groups: list[str] = Field(
        [
            "chip",
            "energy",
            "power",
            "jp_auto",
            "jp_chip",
            "jp_energy",
            "jp_trading",
            "jp_heavy",
        ],
        min_length=1,
        max_length=30,
        description="groups of series, as in market/series",
        json_schema_extra={
            "choices": ["market/series", "group"],
            "except": list(NOT_SHARES),
        },
    )
    window: Sessions = Field(
        [0, 1],
        description="event window, first and last session counted from day 0",
        json_schema_extra={"unit": "sessions"},
    )
    estimation: Sessions = Field(
        [-130, -11],
        description="estimation window of the return model, first and last session from day 0",
        json_schema_extra={"unit": "sessions"},
    )
    model: Literal["market", "market_adjusted", "mean"] = Field(
        "market", description="what a normal return is"
    )
    source: str = Field(
        "bundled",
        min_length=1,
        max_length=1000,
        description="prices: bundled, yahoo (fetched before), or the path of a CSV or Parquet file",
        json_schema_extra={"file_endings": list(_PRICE_SUFFIXES)},
    )

    @field_validator("groups")
    @classmethod
    def _each_group_once(cls, groups: list[str]) -> list[str]:
        return _each_once(groups, "group")

    @field_validator("window")
    @classmethod
    def _window_near_day_zero(cls, window: list[int]) -> list[int]:
        first, last = window
        if not -MAX_WINDOW_SESSIONS <= first <= last <= MAX_WINDOW_SESSIONS:
            raise ValueError(
                f"first <= last, both from {-MAX_WINDOW_SESSIONS} to {MAX_WINDOW_SESSIONS} sessions"
            )
        return window

    @field_validator("estimation")
    @classmethod
    def _estimation_long_enough(cls, estimation: list[int]) -> list[int]:
        first, last = estimation
        if first < -MAX_ESTIMATION_SESSIONS or last - first + 1 < MIN_ESTIMATION_SESSIONS:
            raise ValueError(
                f"at least {MIN_ESTIMATION_SESSIONS} sessions, "
                f"none before {-MAX_ESTIMATION_SESSIONS}"
            )
        return estimation

    @field_validator("source")
    @classmethod
    def _known_kind_of_source(cls, source: str) -> str:
        named = source in ("bundled", "yahoo")
        if not (named or (source.isprintable() and PurePath(source).suffix in _PRICE_SUFFIXES)):
            raise ValueError("bundled, yahoo, or a path that ends in .csv or .parquet")
        return source

    @model_validator(mode="after")
    def _estimation_before_window(self) -> Self:
        if self.estimation[1] >= self.window[0]:
            raise ValueError(
                f"estimation must end before the event window starts (session {self.window[0]}), "
                f"but ends at session {self.estimation[1]}"
            )
        return self


#: Years that the jobs model knows; the first selections were made in 2026.
FIRST_JOB_YEAR, LAST_JOB_YEAR = 2026, 2060

#: Latest first year and fewest years of a horizon: most building starts by 2029, and takes years.
LATEST_FIRST_JOB_YEAR, FEWEST_JOB_YEARS = 2029, 3

#: Fewest draws with which an interval is worth printing, and most that fit into memory.
MIN_DRAWS, MAX_DRAWS = 500, 50_000


class Jobs(Parameters):
    """Parameters of ``02_jobs``; ``choices`` as in `MarketReactions`."""

    scenario: Literal["pledge", "named", "announced"] = Field(
        "pledge",
        description="pledge (all of it), named (every project so far) or announced (without "
        "those only discussed)",
    )
    mix: Literal["mou_sectors", "as_announced", "expressions"] = Field(
        "mou_sectors", description="how the unnamed rest of the pledge is spread over projects"
    )
    horizon: Annotated[list[int], Field(min_length=2, max_length=2)] = Field(
        [2026, 2040],
        description="first and last year",
        json_schema_extra={"unit": "years"},
    )
    price_year: int = Field(
        2025,
        ge=2012,
        le=2025,
        description="year of the dollars that jobs are counted per; prices carry the pledge there",
    )
    vintage: Literal["both", "nipa_2021", "oews_2025"] = Field(
        "both", description="count of jobs per dollar: one of two, or draws between them"
    )
    rungs: dict[str, float | list[float]] = Field(
        {},
        max_length=30,
        description="rungs of jobs/ladder_rungs to change: one number, or low, central and high",
    )
    method: Literal["SLQ", "CILQ", "FLQ", "AFLQ"] = Field(
        "FLQ", description="location quotient that says what a state buys from itself"
    )
    delta: float = Field(0.3, ge=0, lt=1, description="exponent of FLQ and AFLQ")
    states: list[str] = Field(
        list(SWING_STATES),
        min_length=1,
        max_length=51,
        description="swing states, counted apart",
        json_schema_extra={"choices": ["jobs/state_tiles", "state"]},
    )
    draws: int = Field(10_000, ge=MIN_DRAWS, le=MAX_DRAWS, description="Monte Carlo draws")
    seed: int = Field(550, ge=0, le=2**32 - 1, description="seed of the draws")

    @field_validator("states")
    @classmethod
    def _each_state_once(cls, states: list[str]) -> list[str]:
        return _each_once(states, "state")

    @field_validator("horizon")
    @classmethod
    def _horizon_in_range(cls, horizon: list[int]) -> list[int]:
        first, last = horizon
        early = FIRST_JOB_YEAR <= first <= LATEST_FIRST_JOB_YEAR
        if not (early and first + FEWEST_JOB_YEARS - 1 <= last <= LAST_JOB_YEAR):
            raise ValueError(
                f"a first year from {FIRST_JOB_YEAR} to {LATEST_FIRST_JOB_YEAR} and a last one at "
                f"least {FEWEST_JOB_YEARS - 1} years later, to {LAST_JOB_YEAR}"
            )
        return horizon


#: Most draws of each set of elasticities: one of many sectors takes some hundredths of a second.
MAX_THETA_DRAWS = 2_000

#: Years of the trade that each model of general equilibrium is solved on.
MODEL_YEARS = {"many_sectors": (2011,), "one_sector": (2011, 2023)}


def _day_as_text(value: object) -> object:
    """Give a day as text: YAML reads a date where nobody wrote quotes."""
    return value.isoformat() if type(value) is date else value


def _on_one_line(state: str) -> str:
    if not state.isprintable():
        raise ValueError("text without line breaks, control or hidden characters")
    return state


State = Annotated[
    str,
    Field(min_length=1, max_length=1000),
    BeforeValidator(_day_as_text),
    AfterValidator(_on_one_line),
]


class Tariffs(Parameters):
    """Parameters of ``03_tariffs``; ``choices`` and ``file_endings`` as in `MarketReactions`."""

    scenario: State = Field(
        "deal_15",
        description="state of tariffs: a scenario of the package, a day such as 2026-07-24 (the "
        "law of that day), or the path of a YAML file",
        json_schema_extra={"file_endings": [".yaml"]},
    )
    counterfactual: State = Field(
        "letter_25",
        description="state that it is held against, given in the same way",
        json_schema_extra={"file_endings": [".yaml"]},
    )
    elasticity_set: str = Field(
        "mixture",
        description="set of elasticities; mixture takes every one of the long run in turn",
        json_schema_extra={
            "choices": ["tariffs/elasticity_sets", "set"],
            "also": ["mixture"],
        },
    )
    model: Literal["many_sectors", "one_sector"] = Field(
        "many_sectors", description="model of general equilibrium that elasticities are drawn for"
    )
    data_year: Literal[2011, 2023] = Field(
        2011, description="year of its trade; many_sectors has 2011 alone"
    )
    retaliation: bool = Field(False, description="whether others answer as the states say")
    draws: int = Field(
        200, ge=50, le=MAX_THETA_DRAWS, description="draws of each set of elasticities"
    )
    seed: int = Field(15, ge=0, le=2**32 - 1, description="seed of the draws")

    @model_validator(mode="after")
    def _model_has_trade_of_the_year(self) -> Self:
        years = MODEL_YEARS[self.model]
        if self.data_year not in years:
            raise ValueError(f"data_year {' or '.join(map(str, years))} for the model {self.model}")
        return self
