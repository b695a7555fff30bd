"""What a reader can take from a page: figures' data and the executed notebook, as data links."""

from __future__ import annotations

import base64
import copy
from dataclasses import dataclass

import nbformat
from nbformat import NotebookNode

#: Media type of a figure's title, alternative text, source and data.
FIGURE_JSON = "application/vnd.research.figure+json"


@dataclass(frozen=True, slots=True)
class Download:
    """A file inside the page.

    Attributes
    ----------
    file_name
        What the browser saves it as.
    href
        A ``data:`` address with the whole content.
    size_kb
        Of the file, in units of 1000 bytes.
    """

    file_name: str
    href: str
    size_kb: float


def download(file_name: str, media_type: str, content: bytes) -> Download:
    """Put a file into a ``data:`` address."""
    return Download(file_name, data_uri(media_type, content), len(content) / 1000)


def data_uri(media_type: str, content: bytes) -> str:
    """Give bytes as a ``data:`` address in base64."""
    return f"data:{media_type};base64,{base64.b64encode(content).decode('ascii')}"


def executed_notebook(notebook: NotebookNode) -> bytes:
    """Give the executed notebook as a file without the pictures and data of its figures.

    The page holds both already, and twice would be too large. The figures' words stay, and
    running the notebook again draws them. For the same reason a table is kept as HTML alone,
    without its copy in plain text.
    """
    copied = copy.deepcopy(notebook)
    for cell in copied.cells:
        for output in cell.get("outputs", []):
            if FIGURE_JSON in output.get("data", {}):
                del output.data["image/png"], output.data[FIGURE_JSON]["csv"]
            elif "text/html" in output.get("data", {}):
                output.data.pop("text/plain", None)
    nbformat.validate(copied)
    text: str = nbformat.writes(copied)  # type: ignore[no-untyped-call]
    return text.encode("utf-8")
