"""From an executed notebook to one HTML file that needs nothing else."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from bs4 import BeautifulSoup
from nbformat import NotebookNode

from research.errors import Fault, raise_if
from research.pages import provenance, theme
from research.pages.cells import Body, take_apart
from research.pages.downloads import download, executed_notebook
from research.pages.faults import RenderError
from research.pages.outputs import Text
from research.pages.prose import Heading, plain

#: Largest page, in bytes: it has to open on a phone and pass through mail.
MAX_BYTES = 1_000_000


def render(notebook: NotebookNode, manifest: Mapping[str, Any]) -> str:
    """Make the report of a run.

    Parameters
    ----------
    notebook
        The executed notebook.
    manifest
        Of the run, see ``docs/running.md``.

    Returns
    -------
    str
        An HTML5 document with no outside address: key findings, contents, parameters, text,
        figures with their data, folded code, checks, provenance and the notebook itself.

    Raises
    ------
    RenderError
        With every fault of the notebook, or with the largest parts if the page is too large.
    """
    body = take_apart(notebook)
    file = download(
        f"{manifest['run']}.ipynb", "application/x-ipynb+json", executed_notebook(notebook)
    )
    html = theme.page(
        "report.html.j2",
        manifest=manifest,
        body=body,
        contents=_contents(body.headings),
        findings=finding_texts(body.findings),
        parameters=provenance.parameter_rows(manifest),
        sources=provenance.source_rows(manifest),
        notebook_file=file,
    )
    sizes = {"notebook without pictures": len(file.href), **_figure_sizes(body)}
    raise_if(RenderError, "The report is too large.", list(_too_large(html, sizes)))
    return html


def finding_texts(findings: Iterable[Text]) -> list[str]:
    """Give the key findings as plain sentences: the items of lists, or paragraphs where none is."""
    soup = BeautifulSoup("\n".join(text.html for text in findings), "html.parser")
    found = soup.select("li:not(li li)") or soup.select("p")
    return [plain(str(element)) for element in found]


def _contents(headings: Iterable[Heading]) -> list[tuple[Heading, list[Heading]]]:
    """Group headings of level 3 below those of level 2; deeper ones are left to the text."""
    groups: list[tuple[Heading, list[Heading]]] = []
    for heading in headings:
        if heading.level == 2 or not groups:
            groups.append((heading, []))
        elif heading.level == 3:
            groups[-1][1].append(heading)
    return groups


def _figure_sizes(body: Body) -> dict[str, int]:
    return {
        f"{figure.label} ({figure.anchor.removeprefix('figure-')})": len(figure.src)
        + len(figure.data.href)
        for figure in body.figures
    }


def _too_large(html: str, sizes: Mapping[str, int]) -> Iterable[Fault]:
    size = len(html.encode("utf-8"))
    if size >= MAX_BYTES:
        largest = sorted(sizes.items(), key=lambda item: -item[1])[:5]
        told = "; ".join(f"{name}: {part / 1000:,.0f} kB" for name, part in largest)
        found = f"{size / 1000:,.0f} kB, of which {told}"
        todo = "Save the largest figures at a lower dpi or size, or plot fewer points."
        yield Fault("report", f"less than {MAX_BYTES / 1000:,.0f} kB", found, todo)
