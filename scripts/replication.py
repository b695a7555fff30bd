"""Writes `docs/replication.md` from sidecars, notebooks, lock and measurements.

`.venv/bin/python scripts/replication.py [--measure]`: the form is that of the social science data
editors' template. ``--measure`` runs every notebook first and records time and memory.
"""

from __future__ import annotations

import json
import os
import platform
import subprocess
import sys
import time
import tomllib
from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import psutil

from research.data import catalog
from research.figures import MIME as FIGURE
from research.findings import MIME as FINDINGS
from research.report.notebooks import NOTEBOOKS, NotebookSpec
from research.report.pages.prose import Labels, to_html
from research.report.pages.tables import safe_html

ROOT = Path(__file__).resolve().parents[1]
PAGE, MEASURED = ROOT / "docs" / "replication.md", ROOT / "docs" / "replication.json"

#: Packages that a reader asks for; the lock has all.
_NAMED = [
    "jupyterlab",
    "papermill",
    "pandas",
    "numpy",
    "scipy",
    "statsmodels",
    "matplotlib",
    "yfinance",
]

_PAGE = """\
# Replication package

In the form of the [template](https://social-science-data-editors.github.io/template_README/) of the
social science data editors. Written by `scripts/replication.py` from sidecars, notebooks, lock and
measurements; a test fails when it is older than they are.

## Overview

The code runs {notebooks} notebooks on {tables} bundled tables and makes {figures} figures and
{shown} tables, as pages, workbooks and one long file of results. Two commands do everything:
`make reports` builds all reports, `make test` runs every test. A replicator should expect the
notebooks with their default parameters to run for {minutes} min on {cores} cores.

## Data availability and provenance statements

All figures that the results rest on are in `data/`, each table with a sidecar that names period,
authority and rights. [The codebook](../data/README.md) lists every column. Live prices are not
needed; those who fetch them get them from their vendor under that vendor's terms.

### Statement about rights

- The tables hold facts, works in the public domain, works under the licences named below, and our
  own compilations. Prices are there as percentage changes only.
- The maintainers believe that they may redistribute all of them;
  [data/LICENSE.md](../data/LICENSE.md) says under which terms, and what to do if you disagree.

### Summary of availability

- [x] All data **are** publicly available.
- [ ] Some data **cannot be made** publicly available.
- [ ] **No data can be made** publicly available.

### Details on each data source

{sources}

## Dataset list

{datasets}

## Computational requirements

### Software requirements

Python {python} or newer on Linux or macOS with `make` and `git`; the {packages} packages of
`requirements.lock` are installed by either command: {named} among them. With conda:
`conda env create -f environment.yml`. Tests of pages need Chromium and Node.js as well.
Windows was not tried.

### Controlled randomness

{seeds}
The same seed gives the same figures; one thread does linear algebra, so sums have one order.

### Memory, runtime, storage requirements

Measured on {day}, {machine}; each notebook run alone with its default parameters.

| notebook | seconds | peak memory, MB |
|---|---|---|
{measured}

The tables take {data_mb} MB, `.venv` about {venv_gb} GB, all reports below {reports_mb} MB.

## Description of programs

- `notebooks/`: one question each; `notebooks/scenarios/` holds kept sets of parameters.
- `src/research/`: the methods, by topic; [methods](methods.md) names equations and sources.
- `tests/`, `studies/`, `benchmarks/`: the proof, simulations run by hand, timings.

The code is under the [MIT licence](../LICENSE), the tables are not:
[data/LICENSE.md](../data/LICENSE.md).

## Instructions to replicators

1. `make reports` sets up `.venv` and builds every report; open `reports/index.html`.
2. `make test` runs every test, the stored notebooks included.
3. `.venv/bin/research validate --check` holds our figures against published ones
   ([the list](validation.md)).
4. `.venv/bin/research run {first} -p NAME VALUE` runs a notebook with another assumption
   ([how](running.md)).

## List of tables, figures and programs

All are in `reports/NAME.html`, their numbers in the workbook `reports/NAME.xlsx`. The cell is that
of `notebooks/NAME.ipynb`, counted over code cells.

{exhibits}

## References

{references}
"""


def write() -> str:
    """Give the text of the page as it should be today."""
    measured = json.loads(MEASURED.read_text(encoding="utf-8"))
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    lock = (ROOT / "requirements.lock").read_text(encoding="utf-8").split("\n")
    versions = dict(line.partition(";")[0].strip().split("==") for line in lock if "==" in line)
    exhibits = {spec: list(_exhibits(spec)) for spec in NOTEBOOKS}
    kinds = [kind for rows in exhibits.values() for kind, *_ in rows]
    runs = measured["runs"]
    about = {name: catalog.sidecar(name) for name in catalog.names()}
    return _PAGE.format(
        notebooks=len(NOTEBOOKS),
        tables=len(about),
        figures=sum(kind.startswith("Figure") for kind in kinds),
        shown=sum(kind.startswith("Table") for kind in kinds),
        minutes=max(
            1, round(sum(run["seconds"] for run in runs.values()) / measured["cores"] / 60)
        ),
        cores=measured["cores"],
        sources=_sources(about),
        datasets=_rows(
            ("file", "what", "period", "compiled on", "provided"),
            [
                (f"`data/{name}.csv`", one.title, one.period, one.compiled_on, "yes")
                for name, one in about.items()
            ],
        ),
        python=project["requires-python"].removeprefix(">="),
        packages=len(versions),
        named=", ".join(f"{name} {versions[name]}" for name in _NAMED),
        seeds=_seeds(),
        day=measured["day"],
        machine=measured["machine"],
        measured="\n".join(
            f"| `{name}` | {run['seconds']:.0f} | {run['peak_mb']:,.0f} |"
            for name, run in runs.items()
        ),
        data_mb=_megabytes(ROOT / "data"),
        venv_gb=measured["venv_gb"],
        reports_mb=measured["reports_mb"],
        first=NOTEBOOKS[0].name,
        exhibits="\n\n".join(
            f"### {spec.title}\n\n" + _rows(("exhibit", "what", "cell"), rows)
            for spec, rows in exhibits.items()
        ),
        references="\n".join(
            f"- {one}"
            for one in sorted({one.authority for one in about.values()})
            if not one.startswith("Own ")
        ),
    )


def _sources(about: dict[str, Any]) -> str:
    """Write for each kind of rights which authorities and tables stand under it."""
    under: dict[str, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    for name, one in about.items():
        under[one.rights][one.authority].append(f"`{name}`")
    return _rows(
        ("rights", "authority", "tables"),
        [
            (rights, authority, ", ".join(names))
            for rights, authorities in sorted(under.items())
            for authority, names in authorities.items()
        ],
    )


def _rows(head: Sequence[str], rows: Sequence[Sequence[object]]) -> str:
    table = [head, ["---"] * len(head), *rows]
    return "\n".join(
        "| " + " | ".join(str(cell).replace("|", "\\|") for cell in row) + " |" for row in table
    )


def _seeds() -> str:
    names = [f"`{spec.name}`" for spec in NOTEBOOKS if "seed" in spec.declared()]
    return f"The parameter `seed` of {', '.join(names)} starts every random draw."


def _megabytes(folder: Path) -> int:
    files = (file for file in folder.glob("*/*") if file.is_file() and file.parent.name != "cache")
    return round(sum(file.stat().st_size for file in files) / 1e6)


def measure() -> None:
    """Run each notebook alone and record its time and the peak memory of all its processes."""
    runs = {spec.name: _run(spec.name) for spec in NOTEBOOKS}
    sizes = {
        folder: sum(file.stat().st_size for file in (ROOT / folder).rglob("*") if file.is_file())
        for folder in (".venv", "reports")
    }
    content = {
        "day": f"{datetime.now(UTC):%-d %B %Y}",
        "machine": f"{platform.system()} {platform.machine()}, Python {platform.python_version()}, "
        f"{os.cpu_count()} cores, {psutil.virtual_memory().total / 2**30:.0f} GB",
        "cores": os.cpu_count(),
        "venv_gb": round(sizes[".venv"] / 1e9, 1),
        "reports_mb": -(-sizes["reports"] // 10**7) * 10,
        "runs": runs,
    }
    MEASURED.write_text(json.dumps(content, indent=2) + "\n", encoding="utf-8")


def _run(name: str) -> dict[str, float]:
    start, peak = time.monotonic(), 0
    command = [ROOT / ".venv" / "bin" / "research", "run", name, "--force"]
    alone = {**os.environ, "RESEARCH_SHARED": "off"}  # with nothing that another run computed
    with subprocess.Popen(command, cwd=ROOT, env=alone) as process:  # noqa: S603 - our own command
        whole = psutil.Process(process.pid)
        while process.poll() is None:
            peak = max(peak, sum(map(_memory, [whole, *_children(whole)])))
            time.sleep(0.1)
    if process.returncode:
        raise SystemExit(f"{name} ended with exit code {process.returncode}; nothing was recorded.")
    return {"seconds": round(time.monotonic() - start, 1), "peak_mb": round(peak / 1e6)}


def _children(process: psutil.Process) -> list[psutil.Process]:
    try:
        return process.children(recursive=True)
    except psutil.Error:
        return []


def _memory(process: psutil.Process) -> int:
    try:
        return int(process.memory_info().rss)
    except psutil.Error:
        return 0


def _exhibits(spec: NotebookSpec) -> Iterator[tuple[str, str, int]]:
    """Give number, what and cell of each table and figure of a stored notebook, as on its page."""
    labels, heading, code = Labels(), spec.title, 0
    for cell in spec.cells():
        code += cell["cell_type"] == "code"
        shown = [cell["source"]] if cell["cell_type"] == "markdown" else []
        outputs = [out.get("data", {}) for out in cell.get("outputs", [])]
        for markdown in [*shown, *(data["text/markdown"] for data in outputs if _is_text(data))]:
            before = labels.counts["Table"]
            to_html("".join(markdown), labels, spec.name)
            heading = labels.headings[-1].text if labels.headings else heading
            for number in range(before + 1, labels.counts["Table"] + 1):
                yield f"Table {number}", heading, code
        for data in outputs:
            if FIGURE in data:
                yield labels.numbered("Figure"), data[FIGURE]["title"], code
            elif "text/html" in data and not _is_text(data):
                before = labels.counts["Table"]
                safe_html("".join(data["text/html"]), labels)
                for number in range(before + 1, labels.counts["Table"] + 1):
                    yield f"Table {number}", heading, code


def _is_text(data: dict[str, Any]) -> bool:
    return "text/markdown" in data and FIGURE not in data and FINDINGS not in data


def main() -> None:
    """Write the page, after measuring anew where that is asked for."""
    if sys.argv[1:] == ["--measure"]:
        measure()
    PAGE.write_text(write(), encoding="utf-8")


if __name__ == "__main__":
    main()
