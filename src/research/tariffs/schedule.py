"""The rows of the timeline that are not applied, under the name that the notebook knows."""

from __future__ import annotations

from types import SimpleNamespace

from research.tariffs.law import not_applied


def japan_schedule() -> SimpleNamespace:
    """Give what the notebook asks of the schedule; goes with its call."""
    return SimpleNamespace(not_applied=not_applied())
