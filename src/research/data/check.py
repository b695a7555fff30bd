"""Check every bundled table: files, digests, schemas, identities, matches across tables."""

from __future__ import annotations

from dataclasses import dataclass

from research import paths
from research.data import (
    accounts,
    bea_codes,
    catalog,
    deal,
    employment,
    job_evidence,
    job_projects,
    market,
    output,
    pass_through,
    pledge,
    state_tiles,
    tariff_codes,
    tariff_evidence,
    tariff_goods,
    tariffs,
    world,
)
from research.data.tables import Table, examine
from research.errors import DataError, Fault

_TOPICS = (
    market,
    deal,
    pledge,
    bea_codes,
    accounts,
    output,
    employment,
    state_tiles,
    job_projects,
    job_evidence,
    tariffs,
    tariff_goods,
    tariff_codes,
    tariff_evidence,
    pass_through,
    world,
)

#: Every bundled CSV table.
TABLES: tuple[Table, ...] = tuple(table for module in _TOPICS for table in module.TABLES)

_ALWAYS = ("file", "digest", "schema")


@dataclass(frozen=True, slots=True)
class Result:
    """What the check of one table gave.

    Attributes
    ----------
    rows, period
        As the sidecar says; ``None`` when it cannot be read.
    checks
        What was checked, in words.
    faults
        Everything that is wrong; empty when all is well.
    """

    name: str
    rows: int | None
    period: str | None
    checks: tuple[str, ...]
    faults: tuple[Fault, ...]


def check_all() -> tuple[Result, ...]:
    """Check all bundled tables; nothing is raised, what is wrong stands in the results."""
    results = [
        _result(table.name, [check.says for check in table.checks], examine(table)[1])
        for table in TABLES
    ]
    results.append(_result(world.GSIM, ["fields and shapes"], world.examine_gsim()[1]))
    results += [_stranger(name) for name in _strangers({result.name for result in results})]
    return tuple(sorted(results, key=lambda result: result.name))


def _result(name: str, checks: list[str], faults: list[Fault]) -> Result:
    try:
        about = catalog.sidecar(name)
        rows, period = about.rows, about.period
    except DataError:
        rows, period = None, None
    # A fault of a partner table comes once from each check that reads it.
    once = tuple(dict.fromkeys(faults))
    return Result(name, rows, period, (*_ALWAYS, *checks), once)


def _strangers(known: set[str]) -> set[str]:
    folder = paths.data()
    files = [file for ending in ("csv", "json", "yaml") for file in folder.glob(f"*/*.{ending}")]
    found = {file.relative_to(folder).with_suffix("").as_posix() for file in files}
    return {name for name in found if not name.startswith("cache/")} - known


def _stranger(name: str) -> Result:
    fault = Fault(f"data/{name}", "a table with a schema in the package", "none")
    return Result(name, None, None, (), (fault,))
