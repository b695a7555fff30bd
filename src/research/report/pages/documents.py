"""The documents that reports link to, and the lessons, as pages."""

from functools import lru_cache
from pathlib import Path

from markupsafe import Markup

from research import paths
from research.data.catalog import file_digest, missing
from research.errors import Fault, raise_if
from research.report.files import digest, write_together
from research.report.pages import theme
from research.report.pages.lessons import lessons, render_lesson
from research.report.pages.prose import (
    DOCUMENTS,
    Labels,
    RenderError,
    page_head,
    page_of,
    to_html,
)


def write_documents(reports: Path) -> None:
    """Write the page of each document that is not current.

    Those that are missing or cannot be a page are one `RenderError`; the others are written.
    """
    faults: list[Fault] = []
    for document in (*DOCUMENTS, *lessons()):
        source = paths.root() / document
        try:
            text = source.read_text(encoding="utf-8")
            page = reports / str(page_of(document))
            old = page.read_text(encoding="utf-8", errors="replace") if page.is_file() else ""
            made_from = _code() + text
            # Unless it is byte for byte what was made from the same before.
            if not old or old != _marked(old.rpartition("<!--")[0], made_from):
                html = (render_lesson if source.suffix == ".ipynb" else render)(text, document)
                write_together({page: _marked(html, made_from)})
        except OSError:
            faults.append(missing(source))
        except RenderError as error:
            faults += error.faults
    raise_if(RenderError, "Some documents beside the reports could not be made.", faults)


def _marked(html: str, made_from: str) -> str:
    return f"{html}<!-- {digest(html + made_from)} -->\n"


def render(text: str, document: str) -> str:
    """Make the page of a document from its Markdown; ``document`` is its path in the project.

    What cannot be shown is one `RenderError`.
    """
    labels = Labels(taken={"main", "contents"}, place=document)
    html = to_html(text, labels, document)
    raise_if(RenderError, "A document cannot be a page.", labels.faults)
    body = Markup(html)  # noqa: S704 - safe
    return theme.page("document.html.j2", body=body, **page_head(labels, document))


@lru_cache(maxsize=1)
def _code() -> str:
    files = sorted(Path(__file__).parent.rglob("*.*"))
    return " ".join(file_digest(file) for file in files if file.suffix != ".pyc")
