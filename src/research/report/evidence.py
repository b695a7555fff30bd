"""Findings of other reports, for a notebook that weighs them: read, never computed again."""

from __future__ import annotations

import os
from collections.abc import Sequence

from research.errors import Fault, InputError, nearest, raise_if
from research.findings import Finding, bundle_of, read_findings
from research.report.files import run_files
from research.report.manifest import read_manifest, stale_reasons
from research.report.notebooks import NOTEBOOKS, NotebookSpec, select
from research.report.plan import plan

#: Which report each finding that was read stands in, and its place there.
_places: dict[str, str] = {}


def findings_of(
    name: str, *more: str, specs: Sequence[NotebookSpec] = NOTEBOOKS
) -> dict[str, Finding]:
    """Read the findings of other notebooks' reports with default parameters, by id.

    The names stand written out in the call: the order of runs comes from them. With
    ``RESEARCH_FINDINGS=stored`` the outputs stored in the notebooks stand for the reports, which
    a fresh clone does not have; the tests hold them against a run. Every report that is unknown,
    missing, edited or out of date is named in one `InputError`, with what to run.
    """
    found, faults = dict[str, Finding](), list[Fault]()
    for spec in select([name, *more], specs):
        files, why = run_files(spec.name), ""
        if os.environ.get("RESEARCH_FINDINGS") == "stored":
            kept = bundle_of(spec.cells()).findings
        else:
            why = "; ".join(stale_reasons(plan(specs, names=[spec.name])[-1], files)[:3])
            read = read_findings(files.findings, read_manifest(files.manifest)[0] or {})
            kept = read.findings if read and not why else ()
        if not kept:
            asked, todo = "findings of a report that is up to date", f"research run {spec.name}"
            faults.append(Fault(spec.name, asked, why or "none", f"Run: {todo}"))
        found |= {one.id: one for one in kept}
        _places.update({one.id: f"{files.report.name}#{one.anchor}" for one in kept})
    raise_if(InputError, "Findings cannot be read.", faults)
    return found


def href(finding_id: str) -> str:
    """Give the address of the place that shows a finding that was read, from another report."""
    if finding_id not in _places:
        asked, todo = "the id of a finding that was read", nearest(finding_id, [*_places])
        fault = Fault("href", asked, repr(finding_id[:80]), todo)
        raise InputError("There is no such finding.", [fault])
    return _places[finding_id]
