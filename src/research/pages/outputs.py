"""Outputs of a code cell as parts of a page."""

from __future__ import annotations

import base64
import re
from dataclasses import dataclass
from html import escape
from typing import Any

from markupsafe import Markup

from research.errors import Fault
from research.pages import pictures, prose
from research.pages.downloads import FIGURE_JSON, Download, data_uri, download
from research.pages.labels import Labels
from research.pages.tables import active_elements, safe_html
from research.words import unbroken

_COLOUR_CODES = re.compile(r"\x1b\[[0-9;]*[A-Za-z]")
_FIGURE_KEYS = ("name", "title", "alt", "source", "csv")
_SLUG = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]*")


@dataclass(frozen=True, eq=False, slots=True)
class Figure:
    """A figure as the page shows it.

    Attributes
    ----------
    label
        ``Figure 3``.
    anchor
        Its place on the page.
    width, height
        In CSS pixels.
    src
        The picture as a ``data:`` address.
    data
        Its figures as a CSV file.
    """

    label: str
    anchor: str
    title: str
    alt: str
    source: str
    width: int
    height: int
    src: str
    data: Download


@dataclass(frozen=True, eq=False, slots=True)
class Text:
    """An output that is words, a table or printed lines; ``headings`` are those in its Markdown."""

    html: Markup
    headings: tuple[prose.Heading, ...] = ()


Part = Figure | Text


def part(output: dict[str, Any], labels: Labels, where: str) -> tuple[Part | None, list[Fault]]:
    """Turn one output into a part of the page.

    Parameters
    ----------
    output
        An output as nbformat keeps it.
    labels
        Of the page.
    where
        Names the cell in faults.

    Returns
    -------
    The part, ``None`` if it cannot be shown, and the faults.
    """
    kind = output["output_type"]
    if kind == "error":
        told = f"{output['ename']}: {output['evalue']}"
        return None, [Fault(where, "a cell that runs", told, "Mend the cell and run again.")]
    if kind == "stream":
        return _stream(output, labels, where)
    data = output["data"]
    if FIGURE_JSON in data or any(name.startswith("image/") for name in data):
        return _figure(data, labels, where)
    for media_type, reader in _READERS.items():
        if media_type in data:
            return reader(_joined(data[media_type]), labels, where)
    todo = "End the cell with text, a table or a Figure."
    return None, [Fault(where, f"one of {', '.join(_READERS)}", ", ".join(data) or "none", todo)]


def _stream(output: dict[str, Any], labels: Labels, where: str) -> tuple[Text | None, list[Fault]]:
    text = _joined(output["text"])
    if output["name"] == "stderr":
        shown = " ".join(text.split())[:200]
        todo = "Mend what the warning is about; a report shows none."
        return None, [Fault(where, "no warning and nothing on stderr", repr(shown), todo)]
    return _printed(text, labels, where)


def _printed(text: str, labels: Labels, _where: str) -> tuple[Text, list[Fault]]:
    label = labels.numbered("Printed output")
    body = escape(_COLOUR_CODES.sub("", text).rstrip("\n"), quote=False)
    box = f'<pre class="printed" tabindex="0" role="region" aria-label="{label}">{body}</pre>'
    return Text(Markup(box)), []  # noqa: S704 - escaped above


def _markdown(text: str, labels: Labels, where: str) -> tuple[Text, list[Fault]]:
    read = prose.to_html(text, labels, where)
    return Text(Markup(read.html), read.headings), list(read.faults)  # noqa: S704 - made safe


def _html(text: str, labels: Labels, where: str) -> tuple[Text | None, list[Fault]]:
    if found := active_elements(text):
        todo = "Show a table, Markdown or a research.figures.Figure."
        return None, [Fault(where, "HTML that is text and tables", ", ".join(found), todo)]
    return Text(Markup(safe_html(text, labels))), []  # noqa: S704 - made safe


_READERS = {
    "text/markdown": _markdown,
    "text/html": _html,
    "text/latex": _markdown,
    "text/plain": _printed,
}


def _figure(data: Any, labels: Labels, where: str) -> tuple[Figure | None, list[Fault]]:
    words = data.get(FIGURE_JSON, {})
    missing = [key for key in _FIGURE_KEYS if not str(words.get(key) or "").strip()]
    if missing or "image/png" not in data:
        found = f"none for {', '.join(missing)}" if missing else "no image/png"
        asked = f"a PNG figure with {', '.join(_FIGURE_KEYS)}"
        return None, [Fault(where, asked, found, "End the cell with a research.figures.Figure.")]
    name = words["name"]
    if not _SLUG.fullmatch(name) or f"figure-{name}" in labels.taken:
        asked = "a figure name of letters, digits, _ and - that comes once"
        return None, [Fault(where, asked, repr(name), "Give the figure another name.")]
    return _shown(name, words, base64.b64decode(_joined(data["image/png"])), labels), []


def _shown(name: str, words: dict[str, str], png: bytes, labels: Labels) -> Figure:
    labels.taken.add(f"figure-{name}")
    width, height = pictures.css_size(png)
    return Figure(
        label=labels.numbered("Figure"),
        anchor=f"figure-{name}",
        title=unbroken(words["title"]),
        alt=words["alt"],
        source=words["source"],
        width=width,
        height=height,
        src=data_uri("image/png", png),
        data=download(f"{name}.csv", "text/csv;charset=utf-8", words["csv"].encode("utf-8")),
    )


def _joined(text: str | list[str]) -> str:
    """Join what nbformat keeps as lines on disk."""
    return text if isinstance(text, str) else "".join(text)
