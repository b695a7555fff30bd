"""A report with everything a page can hold, and the browser that opens it."""

from __future__ import annotations

import base64
import io
import os
import shutil
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import matplotlib as mpl
import nbformat
import nbformat.v4 as nb
import numpy as np
import pandas as pd
import pytest
from matplotlib.figure import Figure

from research import paths
from research.data.catalog import file_digest
from research.findings import Finding, Findings, kept_findings
from research.report.files import run_files, write_json
from research.report.manifest import KEYS, sealed
from research.report.pages.documents import render as render_document
from research.report.pages.index import write_index
from research.report.pages.lessons import render_lesson
from research.report.pages.page import render

HERE = Path(__file__).parent

PROSE = r"""# Market reactions

The pledge is \$550bn, of which $36bn was named by February 2026 (US$ at current prices).
`bundled` prices, and a [source](https://www.bea.gov/data/gdp), and https://fred.stlouisfed.org.

## How the reaction is measured

### The return model

A share's abnormal return $AR_{it}$ is what its market does not explain:

$$
AR_{it} = R_{it} - \hat\alpha_i - \hat\beta_i R_{mt}, \qquad
\mathrm{CAR}_i(\tau_1, \tau_2) = \sum_{t=\tau_1}^{\tau_2} AR_{it}
$$

### The test

| Test | Takes correlation into account | Size at 5 % |
|:--|:-:|--:|
| Patell | no | 33.1 |
| Kolari-Pynnonen | yes | 5.2 |

> With 30 firms and a correlation of 0.1, a test that ignores it rejects a third of true nulls.

1. Estimate on 120 sessions.
2. Sum over the [event window](#the-day-itself).
"""

LONG_CODE = "\n".join(
    [
        "# Cumulative abnormal returns by group, with the forecast-error variance of the model.",
        "import pandas as pd",
        "",
        "result = event_study(returns, benchmark, events, returns_are='simple', model='market')",
        "table = result.summary().round({'car_pct': 2, 'p': 3})",
        "assert table['p'].between(0, 1).all(), 'a p-value lies outside of 0 and 1: how?'",
        "for group, car in table['car_pct'].items():",
        "    print(f'{group:>12}: {car:+.2f} %')",
    ]
    * 3
)


def chart(kind):
    """Draw one of three figures as a PNG."""
    draw = np.random.default_rng(550)
    with mpl.rc_context({"font.size": 10}):
        figure = Figure(figsize=(8, 4.5), layout="constrained")
        axes = figure.subplots()
        axes.plot(draw.normal(size=(41, 3)).cumsum(axis=0))
        axes.set_title(f"What the {kind} shows")
        buffer = io.BytesIO()
        figure.savefig(buffer, dpi=160)
    return buffer.getvalue()


def data_of(kind):
    """Give the data that stands behind a figure."""
    draw = np.random.default_rng(len(kind))
    frame = pd.DataFrame(draw.normal(size=(41, 3)).round(3), columns=["chip", "energy", "¥ cars"])
    return frame.rename_axis("session")


def figure_output(kind):
    """Give a figure as a cell puts it out."""
    words = {
        "name": kind,
        "title": f"Cars rose, energy fell: {kind}",
        "alt": f"A {kind} of abnormal returns by group, from -2 to +2 %.",
        "source": "Nikkei Indexes, JPX; own computation",
        "csv": data_of(kind).to_csv(),
    }
    return nb.new_output(
        "display_data",
        data={
            "image/png": base64.b64encode(chart(kind)).decode(),
            "text/plain": f"Figure {kind}: {words['alt']}",
            "application/vnd.research.figure+json": words,
        },
    )


def findings_output(found):
    return nb.new_output("display_data", data=found._repr_mimebundle_())


def wide_table():
    """Give a table wider than a phone."""
    draw = np.random.default_rng(36)
    columns = [f"test number {number}" for number in range(6)]
    frame = pd.DataFrame(draw.normal(size=(5, 6)).round(2), columns=columns)
    frame = frame.set_axis(["chip", "energy", "power", "jp_auto", "jp_heavy"]).rename_axis("group")
    return nb.new_output("execute_result", data={"text/html": frame._repr_html_()})


def code(source, *outputs, tags=()):
    return nb.new_code_cell(
        source, outputs=list(outputs), execution_count=1, metadata={"tags": list(tags)}
    )


def sample_notebook():
    """Build an executed notebook with prose, formulas, tables, figures, long code and money."""
    answer = "The Nikkei fell 0.14 % at the close, not +0.4 % of the $550bn."
    shared = {"question": "What did the Nikkei do?", "basis": "data", "unit": "pct"}
    ends = {"low": -0.2, "high": 0.1, "interval": "95 % of quiet days"}
    top = {"headline": True, "claimed": "a rise of 0.4 %", **shared}
    found = Findings(
        [
            Finding(id="a.nikkei", answer=answer, value=-0.136, **ends, **top),
            Finding(id="a.chips", answer="Chips rose.", value=1.2, **ends, **top),
            Finding(id="a.cars", answer="Cars rose.", value=6.2, **top),
            Finding(id="a.banks", answer="Banks fell 0.2 %.", value=-0.21, **top),
            Finding(id="a.energy", answer="Energy fell.", value=-0.3, **shared),
        ],
        figure="lines",
        data_to="prices to 24 November 2026",
    )
    return nb.new_notebook(
        cells=[
            nb.new_markdown_cell(PROSE),
            code('event_id: str = "consultation_2"  # the event', tags=("parameters",)),
            code('event_id = "deal_announced"', tags=("injected-parameters",)),
            code("from research import events"),
            nb.new_markdown_cell("## The day itself\n\nTokyo closed before New York opened."),
            code(LONG_CODE, nb.new_output("stream", text="chip: +1.20 %\n" + "=" * 150 + "\n")),
            code("table", wide_table()),
            code("plot_lines()", figure_output("lines")),
            nb.new_markdown_cell("## All events\n\n### Heat map"),
            code("plot_heat()", figure_output("heat-map")),
            nb.new_markdown_cell("### Placebo days\n\nEvery quiet date of the sample."),
            code("plot_histogram()", figure_output("histogram")),
            nb.new_markdown_cell("## What it means"),
            code("Findings([...])", findings_output(found), tags=("findings",)),
            nb.new_markdown_cell("## Checks"),
            code("assert car.round(2) == 1.2", tags=("assertions",)),
        ],
        metadata={"kernelspec": {"name": "python3", "display_name": "Python 3"}},
    )


def sample_manifest():
    """Give the manifest of the sample's run, with one changed parameter."""
    digest = "0123456789abcdef" * 4
    return dict.fromkeys(KEYS) | {
        "run": "01_market_reactions__event_id-deal_announced",
        "notebook": "01_market_reactions",
        "title": "Market reactions",
        "question": "How did the Nikkei, chip and energy stocks react to the $550bn deal?",
        "parameters": {
            "event_id": "deal_announced",
            "groups": ["chip", "energy", "power", "jp_auto", "jp_chip", "jp_energy"],
            "window": [0, 0],
            "estimation": [-130, -11],
            "model": "market",
            "source": "bundled",
        },
        "inputs": {
            "notebook": digest,
            "lock": digest,
            "tables": {"market/daily_returns_bp": digest, "deal/events": digest},
            **{part: {} for part in ("sidecars", "files", "source")},
        },
        "sources": {"deal/events": {"title": "Dated events", "authority": "as in the rows"}},
        "versions": {"python": "3.11.9", "pandas": "3.1.1", "numpy": "2.4.0"},
        "commit": "25a7794",
        "dirty": False,
        "started_utc": "2026-11-24T10:12:03+00:00",
        "seconds": 14.2,
        "state": "ok",
        "files": {},
    }


def _absent(what, todo):
    """Skip on a machine that lacks a tool; on the build server that is a fault."""
    if os.environ.get("CI") == "true":
        pytest.fail(f"{what} is missing. {todo}")
    pytest.skip(f"{what} is missing. {todo}")


@pytest.fixture(scope="session")
def browser():
    """Start headless Chromium."""
    sync_api = pytest.importorskip("playwright.sync_api")
    program = shutil.which("chromium") or shutil.which("chromium-browser")
    if program is None:
        _absent("Chromium", "On Debian: apt-get install chromium.")
    with sync_api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def axe():
    """Give the source of axe-core."""
    script = HERE / "node_modules" / "axe-core" / "axe.min.js"
    if not script.is_file():
        _absent("axe-core", "Run: npm ci --prefix tests/pages")
    return script.read_text(encoding="utf-8")


@pytest.fixture(scope="session")
def sample():
    """Give the sample's builders: notebook, manifest, data behind its figures."""
    return SimpleNamespace(notebook=sample_notebook, manifest=sample_manifest, data=data_of)


@pytest.fixture(scope="session")
def report():
    """Give the sample report."""
    return render(sample_notebook(), sample_manifest())


@pytest.fixture(scope="session")
def stored():
    """Give a function that makes the page of a stored notebook or document, each once."""

    @cache
    def stored(name):
        if name.endswith(".md"):
            return render_document((paths.root() / name).read_text(encoding="utf-8"), name)
        if name.endswith(".ipynb"):
            return render_lesson((paths.root() / name).read_text(encoding="utf-8"), name)
        notebook = nbformat.read(paths.notebooks() / f"{name}.ipynb", as_version=4)
        return render(notebook, sample_manifest() | {"run": name})

    return stored


@pytest.fixture(scope="session")
def index(report, tmp_path_factory):
    """Give an index page of one good run and one that failed."""
    folder = tmp_path_factory.mktemp("reports")
    manifest = sample_manifest()
    files = run_files(str(manifest["run"]), folder)
    files.report.write_text(report, encoding="utf-8")
    write_json(files.findings, kept_findings(sample_notebook(), manifest, {}))
    made = {one.name: file_digest(one) for one in (files.report, files.findings)}
    write_json(files.manifest, sealed(manifest | {"files": made}))
    error = {"cell": 7, "heading": "The day itself", "name": "InputError", "message": "No event"}
    failed = manifest | {"run": "01_market_reactions", "state": "failed", "error": error}
    write_json(folder / "failed" / "01_market_reactions.manifest.json", failed)
    write_index(folder)
    return (folder / "index.html").read_text(encoding="utf-8")


@dataclass(frozen=True, eq=False, slots=True)
class Visit:
    """A page in the browser, its requests (playwright's) and what it complained of."""

    page: Any
    requests: list[Any]
    complaints: list[str]


@pytest.fixture(scope="session")
def profile(browser, tmp_path_factory):
    """Give the browser profile of a width and a scheme, made once.

    A page that stays open keeps the profile's process, whose start costs more than any page.
    """
    still = tmp_path_factory.mktemp("browser") / "still.html"
    still.write_text("<p>still</p>")

    @cache
    def profile(width, scheme):
        context = browser.new_context(
            viewport={"width": width, "height": 800}, color_scheme=scheme, accept_downloads=True
        )
        context.new_page().goto(still.as_uri())
        return context

    return profile


@pytest.fixture
def visit(profile, tmp_path):
    """Give a function that opens HTML as a file in a page of its own."""
    pages = []

    def open_page(html, *, width=1280, scheme="light"):
        file = tmp_path / f"page-{len(pages)}.html"
        file.write_text(html, encoding="utf-8")
        page = profile(width, scheme).new_page()
        pages.append(page)
        requests, complaints = [], []
        page.on("request", lambda request: requests.append(request))  # noqa: PLW0108
        page.on("console", lambda said: complaints.append(f"{said.type}: {said.text}"))
        page.on("pageerror", lambda error: complaints.append(f"error: {error}"))
        page.goto(file.as_uri(), timeout=20_000)
        return Visit(page, requests, complaints)

    yield open_page
    for page in pages:
        page.close()
