"""What has to hold before a kernel starts: whole tables, usable prices, a folder to write to."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from research import paths
from research.data.files import read_bytes
from research.errors import DataError, Fault, InputError, ResearchError, raise_if
from research.reports.dotted import load_dotted
from research.reports.files import check_writable
from research.reports.plan import Request

_SUMMARY = "Nothing was run."


def check_ready(requests: Sequence[Request]) -> None:
    """Check everything that can be known of runs before they start.

    Parameters
    ----------
    requests
        The runs to be built.

    Raises
    ------
    RunError
        If the reports folder cannot be written to.
    DataError
        If a table is not as compiled, or a source of prices is not usable.
    InputError
        If the figures do not allow what is asked for: an event after their end, for example.
    """
    check_writable(paths.reports())
    tables = dict.fromkeys(table for request in requests for table in request.spec.tables)
    faults = [fault for table in tables for fault in read_bytes(table)[1]]
    raise_if(DataError, _SUMMARY, faults)
    errors = [(request, error) for request in requests if (error := _rehearsed(request))]
    asked = any(not isinstance(error, DataError) for _, error in errors)
    found = [fault for request, error in errors for fault in _named(request, error)]
    raise_if(InputError if asked else DataError, _SUMMARY, list(dict.fromkeys(found)))


def _rehearsed(request: Request) -> ResearchError | None:
    if not request.spec.rehearsal:
        return None
    try:
        load_dotted(request.spec.rehearsal)(request.parameters)
    except ResearchError as error:
        return error
    return None


def _named(request: Request, error: ResearchError) -> list[Fault]:
    """Name the run in what is asked of it; damage of the figures is the same for every run."""
    if isinstance(error, DataError):
        return list(error.faults)
    return [replace(fault, where=f"{request.run}: {fault.where}") for fault in error.faults]
