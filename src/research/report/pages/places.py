"""Where a page of the reports stands that was made from a file of the project."""

from __future__ import annotations

import posixpath

#: Documents that are rendered beside the reports, each at its own path.
DOCUMENTS = (
    "docs/glossary.md",
    "docs/methods.md",
    *(f"docs/methods/{topic}.md" for topic in ("events", "jobs", "tariffs")),
    "docs/assumptions.md",
    "docs/how_time_works.md",
    "docs/running.md",
    "docs/live_data.md",
    "docs/publishing.md",
    "docs/replication.md",
    "data/LICENSE.md",
    "docs/validation.md",
    *(f"docs/tutorials/{topic}.md" for topic in ("event_study", "jobs", "tariffs")),
    "data/README.md",
)


def page_of(file: str) -> str | None:
    """Give the page made from a Markdown file or notebook, relative to ``reports/``."""
    folder, name = posixpath.split(file)
    if folder == "notebooks" and name.endswith(".ipynb"):
        return f"{name.removesuffix('.ipynb')}.html"
    return f"{file.removesuffix('.md')}.html" if file in DOCUMENTS else None


def between(place: str, path: str) -> tuple[str, str | None]:
    """Follow a relative path that stands in the file ``place``.

    Gives the file it leads to and, if that has a page, the way from the page of ``place``.
    """
    file = posixpath.normpath(posixpath.join(posixpath.dirname(place), path))
    target, here = page_of(file), page_of(place) or ""
    return file, target and posixpath.relpath(target, posixpath.dirname(here) or ".")
