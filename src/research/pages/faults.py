"""The error of a notebook that cannot become a page."""

from __future__ import annotations

from research.errors import ResearchError


class RenderError(ResearchError):
    """An executed notebook cannot become a report as it stands (exit code 1)."""
