"""A scenario: whose goods pay which rate where, what comes back, where the money goes."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from importlib import resources
from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator

from research import paths
from research.data import load_mfn_rates, load_region_codes
from research.errors import Fault, InputError, raise_if
from research.tariffs.measures import Measure, measures_of, rate_faults
from research.tariffs.schedule import FIRST_DAY, check_days
from research.values import MAX_FILE_CHARS, UnusableValueError, parse_yaml
from research.wording import asked_for

#: Stands for every country but the importer, or for every sector of goods.
ALL = "all"

#: Ending of a user's own scenario; relative paths start at the project.
FILE_SUFFIX = ".yaml"

_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
_SUMMARY = "The scenario cannot be used."

Names = Annotated[list[str], Field(min_length=1, max_length=60)]


class _Plain(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, frozen=True, allow_inf_nan=False)


class Rate(_Plain):
    """One line of rates; a later line replaces an earlier one on the same goods.

    Attributes
    ----------
    importer
        Country whose customs charge the rate.
    exporters
        Countries whose goods pay it; ``all`` is every other one.
    sectors
        Codes of `research.data.load_mfn_rates`; ``all`` is every one of them.
    rate_share
        Rate as a share of customs value, all duties together: 0.15 is 15 %.
    law_of
        In its place: the day whose law gives the rate by sector (imports of the United States
        from Japan alone).
    measures
        Own measures added to the law of that day, as for `research.tariffs.measures.read_measures`.
    """

    importer: str
    exporters: Names
    sectors: Names = [ALL]
    rate_share: float | None = None
    law_of: date | None = None
    measures: list[dict[str, object]] = []

    @field_validator("rate_share")
    @classmethod
    def _share_not_per_cent(cls, rate_share: float | None) -> float | None:
        faults = [] if rate_share is None else rate_faults(rate_share, "rate_share")
        if faults:
            raise ValueError(f"{faults[0].asked}. {faults[0].todo}".strip(" ."))
        return rate_share

    @model_validator(mode="after")
    def _flat_or_dated(self) -> Self:
        if (self.rate_share is None) == (self.law_of is None):
            raise ValueError("either rate_share or law_of, the day whose law gives it")
        if self.law_of is not None and (self.importer, self.exporters) != ("USA", ["JPN"]):
            raise ValueError("a flat rate_share: dated rates are known for USA on JPN alone")
        if self.law_of is not None and self.sectors != [ALL]:
            raise ValueError("all sectors where the rate is that of a day")
        if self.law_of is None and self.measures:
            raise ValueError("measures only beside law_of, the day of the law that they change")
        return self

    def own_measures(self) -> tuple[Measure, ...]:
        """Give the own measures of a dated rate."""
        return measures_of(self.measures, "measures") if self.measures else ()


class _File(_Plain):
    title: str = Field(min_length=1, max_length=80)
    reason: str = Field(min_length=1, max_length=600)
    rates: Annotated[list[Rate], Field(max_length=200)]
    retaliation: Annotated[list[Rate], Field(max_length=200)] = []
    revenue_use: Literal["lump_sum", "income_tax"] = "lump_sum"
    labour_supply_elasticity: float = Field(0.0, ge=0, le=10)
    firm_pass_through: float = Field(1.0, gt=0, le=1)
    deficit_left_share: float = Field(1.0, ge=0, le=1)


@dataclass(frozen=True, slots=True)
class Scenario:
    """A state of tariffs; money and people around it as the models let the user set them.

    Attributes
    ----------
    name
        Name of the file, or the day that was asked for.
    title, reason
        In words, for tables and text.
    rates
        Lines of rates in force. Pairs that no line names trade free of duty.
    retaliation
        Lines that are added where retaliation is asked for.
    revenue_use
        ``lump_sum`` or ``income_tax``, as in `research.tariffs.hat_one_sector.solve_one_sector`;
        so are the next three. Only general equilibrium knows them.
    labour_supply_elasticity, firm_pass_through, deficit_left_share
        Zero, one and one leave the plain model.
    """

    name: str
    title: str
    reason: str
    rates: tuple[Rate, ...]
    retaliation: tuple[Rate, ...] = ()
    revenue_use: Literal["lump_sum", "income_tax"] = "lump_sum"
    labour_supply_elasticity: float = 0.0
    firm_pass_through: float = 1.0
    deficit_left_share: float = 1.0

    def lines(self, *, retaliation: bool) -> tuple[Rate, ...]:
        """Give the lines in force, with or without retaliation."""
        return (*self.rates, *self.retaliation) if retaliation else self.rates


def scenario_names() -> tuple[str, ...]:
    """Name the scenarios that come with the package."""
    return tuple(sorted(path.name.removesuffix(".yaml") for path in _bundled()))


def load_scenario(name: str) -> Scenario:
    """Load a scenario that comes with the package, or the law of a day.

    Parameters
    ----------
    name
        One of `scenario_names`, or a day such as ``2026-07-24``: the law of that day on Japan.

    Raises
    ------
    InputError
        If there is no such scenario, or the day is before the first one of the schedule.
    """
    if _DATE.fullmatch(name):
        return _of_day(name)
    for path in _bundled():
        if path.name == f"{name}.yaml":
            return read_scenario(Path(str(path)))
    known = f"one of {', '.join(scenario_names())}, or a day such as 2026-07-24"
    raise InputError(_SUMMARY, [Fault("scenario", known, repr(name))])


def find_scenario(asked: str) -> Scenario:
    """Give the scenario of a name, a day, or a YAML file (a path that ends in ``.yaml``).

    Raises
    ------
    InputError
        As `load_scenario` and `read_scenario`.
    """
    file = asked.endswith(FILE_SUFFIX)
    return read_scenario(paths.root() / asked) if file else load_scenario(asked)


def read_scenario(path: str | Path) -> Scenario:
    """Read a user's own scenario from a YAML file, its name that of the file.

    Raises
    ------
    InputError
        If the file is not plain YAML, or with every fault of every field: unknown country, sector
        or field, a rate that is no share, a day before the schedule.
    """
    where = Path(path).name
    try:
        content = parse_yaml(Path(path).read_text(encoding="utf-8"), limit=MAX_FILE_CHARS)
    except (OSError, UnicodeDecodeError, UnusableValueError) as error:
        fault = Fault(where, "plain YAML", str(error), "See docs/methods.md, scenarios.")
        raise InputError(_SUMMARY, [fault]) from error
    return scenario_of(content, Path(path).stem)


def scenario_of(content: object, name: str) -> Scenario:
    """Make a scenario from the fields of a file, with all its checks.

    Raises
    ------
    InputError
        As `read_scenario`.
    """
    try:
        file = _File.model_validate(content)
    except ValidationError as error:
        faults = [
            Fault(
                ", ".join([name, *map(str, detail["loc"])]),
                asked_for(detail),
                repr(detail["input"])[:80],
            )
            for detail in error.errors()
        ]
        raise InputError(_SUMMARY, faults) from error
    fields = {field: getattr(file, field) for field in _File.model_fields}
    lines = {field: tuple(fields[field]) for field in ("rates", "retaliation")}
    raise_if(InputError, _SUMMARY, list(_line_faults(lines, name)))
    return Scenario(name=name, **(fields | lines))


def _line_faults(lines: dict[str, tuple[Rate, ...]], name: str) -> Iterable[Fault]:
    countries, sectors = load_region_codes().index, load_mfn_rates().index
    for field, each in lines.items():
        for place, line in enumerate(each, start=1):
            where = f"{name}, {field}, line {place}"
            yield from _unknown(f"{where}, importer", [line.importer], list(countries))
            yield from _unknown(f"{where}, exporters", line.exporters, [ALL, *countries])
            yield from _unknown(f"{where}, sectors", line.sectors, [ALL, *sectors])
            if line.importer in line.exporters:
                own = Fault(f"{where}, exporters", "other countries", line.importer)
                yield own
            yield from _dated_faults(line, where)


def _unknown(where: str, names: list[str], known: list[str]) -> Iterable[Fault]:
    asked = f"one of {', '.join(known)}"
    return [Fault(where, asked, repr(one)) for one in names if one not in known]


def _dated_faults(line: Rate, where: str) -> Iterable[Fault]:
    try:
        if line.law_of is not None:
            check_days(str(line.law_of), None)
        line.own_measures()
    except InputError as error:
        return [Fault(f"{where}, {f.where}", f.asked, f.found, f.todo) for f in error.faults]
    return []


def _bundled() -> list[resources.abc.Traversable]:
    folder = resources.files("research.tariffs") / "scenarios"
    return [path for path in folder.iterdir() if path.name.endswith(".yaml")]


def _of_day(day: str) -> Scenario:
    try:
        on = date.fromisoformat(day)
    except ValueError as error:
        fault = Fault("scenario", "a day of the calendar", day)
        raise InputError(_SUMMARY, [fault]) from error
    if on < FIRST_DAY.date():
        asked = f"a day from {FIRST_DAY:%Y-%m-%d} on, the first of the schedule"
        raise InputError(_SUMMARY, [Fault("scenario", asked, day)])
    rate = {"importer": "USA", "exporters": ["JPN"], "law_of": on}
    content = {
        "title": f"law of {on.day} {on:%B %Y}",
        "reason": f"US duties on Japan by the law of {on.day} {on:%B %Y}, with later corrections.",
        "rates": [rate],
    }
    return scenario_of(content, day)
