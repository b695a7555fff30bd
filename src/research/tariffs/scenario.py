"""A scenario: whose goods pay which rate where, what comes back, where the money goes."""

from __future__ import annotations

import re
from datetime import date
from importlib import resources
from pathlib import Path, PurePath
from typing import Annotated, Any, Literal, Self

from pydantic import AfterValidator, Field, ValidationError, field_validator, model_validator

from research import paths
from research.data import load_table, once
from research.errors import Fault, InputError, near
from research.labels import few
from research.tariffs.law import FIRST_DAY, Measure, Share, ask, japan_schedule, names_of
from research.tariffs.rates import japan_goods
from research.values import Parameters, UnusableValueError, brief, read_yaml
from research.wording import model_faults
from research.words import day_words

#: Stands for every country but the importer, or for every sector of goods.
ALL = "all"

#: Ending of a user's own scenario; relative paths start at the project.
FILE_SUFFIX = ".yaml"

_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
# What Markdown, HTML or mathematics would make of words; last the beginning of an address.
_MARKUP = ("<", ">", "&", "$", "*", "_", "~", "`", "[", "]", "|", "\\", "://")
_SUMMARY = "The scenario cannot be used."


def _plain_words(words: str) -> str:
    plain = " ".join(words.split())
    if not plain or not plain.isprintable() or any(mark in plain for mark in _MARKUP):
        # They stand in running text and in titles, where these would be read as markup.
        raise ask(f"plain words without any of {' '.join(_MARKUP)}")
    return plain


def _in_schedule(day: date) -> date:
    if day < FIRST_DAY.date():
        raise ask(f"a date from {FIRST_DAY:%Y-%m-%d} on, the first of the schedule")
    return day


def _code_of(table: str, *more: str) -> AfterValidator:
    """Make the check that a name is a code of a table, with the nearest in its error."""

    def check(name: str) -> str:
        known = [*more, *load_table(table).index]
        if name not in known:
            raise ask(f"one of {few(known)}", near(name, known))
        return name

    return AfterValidator(check)


_Words = AfterValidator(_plain_words)
_Country = Annotated[str, _code_of("tariffs/region_codes")]
_Exporter = Annotated[str, _code_of("tariffs/region_codes", ALL)]
_Sector = Annotated[str, _code_of("tariffs/us_mfn_2025_by_sector", ALL)]
_Entries = Field(strict=False, max_length=200)


class Rate(Parameters):
    """One entry of rates; a later one replaces an earlier one on the same goods.

    ``importer`` charges the rate on goods of ``exporters`` (``all``, alone, is every other country)
    in ``sectors`` (codes of ``tariffs/us_mfn_2025_by_sector``). ``rate_share`` is the rate as a
    share of customs value, all duties together; in its place ``law_of`` gives the day whose law is
    the rate by sector (imports of the United States from Japan alone), with own ``measures`` added.
    """

    importer: _Country
    exporters: Annotated[tuple[_Exporter, ...], _Entries]
    sectors: Annotated[tuple[_Sector, ...], _Entries] = (ALL,)
    rate_share: Share | None = None
    law_of: Annotated[date, AfterValidator(_in_schedule)] | None = None
    measures: Annotated[tuple[Measure, ...], _Entries] = ()

    @field_validator("measures")
    @classmethod
    def _known_goods(cls, measures: tuple[Measure, ...]) -> tuple[Measure, ...]:
        parts = [names_of(name) for name in japan_goods().index] if measures else []
        known = sorted(set().union(*parts))
        unknown = [name for own in measures for name in own.goods if name not in known]
        if unknown:
            todo = " ".join(f"{brief(name)} is none. {near(name, known)}" for name in unknown)
            raise ask(f"goods of {', '.join(known)}", todo)
        return measures

    @model_validator(mode="after")
    def _flat_or_dated(self) -> Self:
        if not (self.exporters and self.sectors):
            raise ask("at least one exporter and one sector")
        if self.importer in self.exporters:
            raise ask(f"other countries among exporters than the importer {self.importer}")
        if (self.rate_share is None) == (self.law_of is None):
            raise ask("either rate_share or law_of, the day whose law gives it")
        if self.law_of is not None and (self.importer, self.exporters) != ("USA", ("JPN",)):
            raise ask("a flat rate_share: dated rates are known for USA on JPN alone")
        if self.law_of is not None and self.sectors != (ALL,):
            raise ask("all sectors where the rate is that of a day")
        if self.law_of is None and self.measures:
            raise ask("measures only beside law_of, the day of the law that they change")
        return self


class Scenario(Parameters):
    """A state of tariffs; money and people around it as the models let the user set them.

    ``rates`` are lines in force; lines of ``retaliation`` are added where it is asked for. Pairs
    that no line names trade free of duty, but for ``on_others_share``: what the United States put
    on every country but Japan (``None``: nothing said). The options of general equilibrium
    (`OPTIONS`) leave the plain model by default.
    """

    name: str
    title: Annotated[str, Field(min_length=1, max_length=80), _Words]
    reason: Annotated[str, Field(min_length=1, max_length=600), _Words]
    rates: Annotated[tuple[Rate, ...], _Entries]
    retaliation: Annotated[tuple[Rate, ...], _Entries] = ()
    on_others_share: Share | None = None
    revenue_use: Literal["lump_sum", "income_tax"] = "lump_sum"
    labour_supply_elasticity: float = Field(0.0, ge=0, le=10)
    firm_pass_through: float = Field(1.0, gt=0, le=1)
    deficit_left_share: float = Field(1.0, ge=0, le=1)

    def lines(self, *, retaliation: bool) -> tuple[Rate, ...]:
        """Give the lines in force, with or without retaliation."""
        return (*self.rates, *self.retaliation) if retaliation else self.rates


#: What a scenario says of general equilibrium.
OPTIONS = ("revenue_use", "labour_supply_elasticity", "firm_pass_through", "deficit_left_share")


def scenario_names() -> tuple[str, ...]:
    """Name the scenarios that come with the package."""
    folder = resources.files("research.tariffs") / "scenarios"
    return tuple(sorted(PurePath(file.name).stem for file in folder.iterdir()))


@once
def load_scenario(name: str) -> Scenario:
    """Load a scenario that comes with the package, or the law of a day.

    ``name`` is one of `scenario_names`, or a day such as ``2026-07-24``; after the last day of the
    schedule title and reason say so. Anything else is an `InputError`.
    """
    if _DATE.fullmatch(name):
        return _of_day(name)
    known = scenario_names()
    if name in known:
        file = resources.files("research.tariffs") / "scenarios" / f"{name}{FILE_SUFFIX}"
        return read_scenario(Path(str(file)))
    asked = f"one of {', '.join(known)}, a file.yaml, or a day such as 2026-07-24"
    raise InputError(_SUMMARY, [Fault("scenario", asked, brief(name, 200), near(name, known))])


def find_scenario(asked: str) -> Scenario:
    """Give the scenario of a name, a day, or a YAML file, whose path starts at the project."""
    file = PurePath(asked).suffix == FILE_SUFFIX
    return read_scenario(paths.root() / asked) if file else load_scenario(asked)


def read_scenario(path: str | Path) -> Scenario:
    """Read a user's own scenario from YAML; every fault of every field is an `InputError`."""
    try:
        content = read_yaml(Path(path))
    except (OSError, UnusableValueError) as error:
        found = getattr(error, "strerror", None) or str(error)
        fault = Fault(Path(path).name, "plain YAML", found, "See docs/methods/tariffs.md.")
        raise InputError(_SUMMARY, [fault]) from error
    return scenario_of(content, Path(path).stem)


def scenario_of(content: Any, name: str) -> Scenario:
    """Make a scenario from the fields of a file, with all its checks."""
    if isinstance(content, dict) and "name" in content:
        raise InputError(_SUMMARY, [Fault(f"{name}, name", "the name of the file", "another")])
    if isinstance(content, dict):
        content = {**content, "name": name}
    try:
        made = Scenario.model_validate(content)
    except ValidationError as error:
        raise InputError(_SUMMARY, model_faults(error, name, Scenario)) from error
    last = japan_schedule().last_day()
    if all(line.law_of is None or line.law_of <= last for line in made.lines(retaliation=True)):
        return made
    end = f"as far as the schedule goes, to {day_words(last)}"
    words = {"title": f"{made.title}, {end}", "reason": f"{made.reason.rstrip('.')}, {end}."}
    return made.model_copy(update=words)


def _of_day(day: str) -> Scenario:
    try:
        on = date.fromisoformat(day)
    except ValueError as error:
        raise InputError(_SUMMARY, [Fault("scenario", "a day of the calendar", day)]) from error
    words = f"law of {day_words(on)}"
    return scenario_of(
        {
            "title": words,
            "reason": f"US duties on Japan by the {words}, with later corrections.",
            "rates": [{"importer": "USA", "exporters": ["JPN"], "law_of": on}],
        },
        day,
    )
