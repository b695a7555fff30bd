"""A scenario: whose goods pay which rate where, what comes back, where the money goes."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from importlib import resources
from pathlib import Path, PurePath
from typing import TYPE_CHECKING, Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator

from research import paths
from research.data import load_table
from research.errors import Fault, InputError, raise_if
from research.tariffs.measures import Measure, measures_of, rate_faults
from research.tariffs.rates import japan_goods
from research.tariffs.scenario_faults import each_list_once, near, steps, unknown
from research.tariffs.schedule import FIRST_DAY, check_days, japan_schedule
from research.values import UnusableValueError, brief, read_yaml
from research.wording import asked_for
from research.words import day_words

if TYPE_CHECKING:
    from pydantic_core import ErrorDetails

#: Stands for every country but the importer, or for every sector of goods.
ALL = "all"

#: Ending of a user's own scenario; relative paths start at the project.
FILE_SUFFIX = ".yaml"

_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
# What Markdown, HTML or mathematics would make of words; last the beginning of an address.
_MARKUP = ("<", ">", "&", "$", "*", "_", "~", "`", "[", "]", "|", "\\", "://")
_SUMMARY = "The scenario cannot be used."

Names = Annotated[list[str], Field(min_length=1, max_length=60)]


class _Plain(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, frozen=True, allow_inf_nan=False)


class Rate(_Plain):
    """One entry of rates; a later one replaces an earlier one on the same goods.

    Attributes
    ----------
    importer
        Country whose customs charge the rate.
    exporters
        Countries whose goods pay it, each once; ``all``, alone, is every other one.
    sectors
        Codes of ``tariffs/us_mfn_2025_by_sector``, each once; ``all``, alone, is every one of them.
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

    @field_validator("exporters", "sectors")
    @classmethod
    def _each_once(cls, names: list[str]) -> list[str]:
        if ALL in names and len(names) > 1:
            raise ValueError(f"{ALL} alone, or names without it")
        if len(set(names)) < len(names):
            raise ValueError("each name once")
        return names

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

    @field_validator("title", "reason")
    @classmethod
    def _plain_words(cls, words: str) -> str:
        plain = " ".join(words.split())
        if not plain or not plain.isprintable() or any(mark in plain for mark in _MARKUP):
            # They stand in running text and in titles, where these would be read as markup.
            raise ValueError(f"plain words without any of {' '.join(_MARKUP)}")
        return plain


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
        Where the day is after the last one of the schedule, title and reason say so.

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
    raise InputError(
        _SUMMARY, [Fault("scenario", known, brief(name, 200), _meant(name, scenario_names()))]
    )


def _meant(name: str, known: Sequence[str]) -> str:
    """Say how a file or a day is written where one seems to be meant, or name the nearest."""
    if name.lower().endswith((".yaml", ".yml")):
        return f"The ending of a file must be {FILE_SUFFIX}, in small letters and after a name."
    if name[:1].isdigit():
        return "A day is written 2026-07-24."
    return near(name, known)


def find_scenario(asked: str) -> Scenario:
    """Give the scenario of a name, a day, or a YAML file (a path that ends in ``.yaml``).

    The path starts at the project where it is relative.

    Raises
    ------
    InputError
        As `load_scenario` and `read_scenario`.
    """
    file = PurePath(asked).suffix == FILE_SUFFIX
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
        content = read_yaml(Path(path))
    except (OSError, UnusableValueError) as error:
        found = error.strerror if isinstance(error, OSError) else str(error)
        fault = Fault(where, "plain YAML", str(found), "See docs/methods.md, scenarios.")
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
        faults = [_fault(detail, name) for detail in error.errors()]
        faults += _raw_faults(content, name)
        raise InputError(_SUMMARY, each_list_once(faults)) from error
    fields = {field: getattr(file, field) for field in _File.model_fields}
    lines = {field: tuple(fields[field]) for field in ("rates", "retaliation")}
    raise_if(InputError, _SUMMARY, each_list_once(_line_faults(lines, name)))
    end = _end_of_schedule([*file.rates, *file.retaliation])
    if end:
        fields |= {"title": f"{file.title}, {end}", "reason": f"{file.reason.rstrip('.')}, {end}."}
    return Scenario(name=name, **(fields | lines))


def _end_of_schedule(lines: Iterable[Rate]) -> str:
    """Say how far the law is known where it is that of a later day."""
    days = [line.law_of for line in lines if line.law_of is not None]
    last = japan_schedule().last_day() if days else None
    if last is None or max(days) <= last.date():
        return ""
    return f"as far as the schedule goes, to {day_words(last)}"


def _fault(detail: ErrorDetails, name: str) -> Fault:
    """Word what the model of a file found."""
    where = ", ".join([name, *steps(detail["loc"])])
    known = (_File if len(detail["loc"]) == 1 else Rate).model_fields
    match detail["type"]:
        case "missing":
            field = known[str(detail["loc"][-1])]
            return Fault(where, "text" if field.annotation is str else "a list", "nothing")
        case "extra_forbidden":
            todo = near(str(detail["loc"][-1]), list(known))
            return Fault(where, asked_for(detail), brief(detail["input"]), todo)
    return Fault(where, asked_for(detail), brief(detail["input"]))


def _raw_faults(content: object, name: str) -> Iterable[Fault]:
    """Check the countries and sectors of a file that has other faults."""
    fields = content if isinstance(content, dict) else {}
    for field in ("rates", "retaliation"):
        lines = fields.get(field)
        for place, line in enumerate(lines if isinstance(lines, list) else [], start=1):
            if isinstance(line, dict):
                names = ([line.get("importer")], line.get("exporters"), line.get("sectors"))
                yield from _name_faults(f"{name}, {field}, entry {place}", *map(_texts, names))


def _texts(values: object) -> list[str]:
    return [one for one in values if isinstance(one, str)] if isinstance(values, list) else []


def _name_faults(
    where: str, importers: Sequence[str], exporters: Sequence[str], sectors: Sequence[str]
) -> Iterable[Fault]:
    countries = list(load_table("tariffs/region_codes").index)
    yield from unknown(f"{where}, importer", importers, countries)
    yield from unknown(f"{where}, exporters", exporters, countries, [ALL])
    yield from unknown(
        f"{where}, sectors", sectors, list(load_table("tariffs/us_mfn_2025_by_sector").index), [ALL]
    )


def _line_faults(lines: dict[str, tuple[Rate, ...]], name: str) -> Iterable[Fault]:
    for field, each in lines.items():
        for place, line in enumerate(each, start=1):
            where = f"{name}, {field}, entry {place}"
            yield from _name_faults(where, [line.importer], line.exporters, line.sectors)
            if line.importer in line.exporters:
                own = Fault(f"{where}, exporters", "other countries", line.importer)
                yield own
            yield from _dated_faults(line, where)


def _dated_faults(line: Rate, where: str) -> Iterable[Fault]:
    faults = []
    try:
        if line.law_of is not None:
            check_days(str(line.law_of), None)
    except InputError as error:
        faults += [replace(fault, where=f"{where}, law_of") for fault in error.faults]
    try:
        goods = list(japan_goods().index) if line.measures else []
        for place, measure in enumerate(line.own_measures(), start=1):
            faults += unknown(f"{where}, measures, entry {place}, goods", measure.goods, goods)
    except InputError as error:
        faults += [replace(fault, where=f"{where}, {fault.where}") for fault in error.faults]
    return faults


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
        "title": f"law of {day_words(on)}",
        "reason": f"US duties on Japan by the law of {day_words(on)}, with later corrections.",
        "rates": [rate],
    }
    return scenario_of(content, day)
