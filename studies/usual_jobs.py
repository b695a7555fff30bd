"""The jobs model that studies, benchmarks and tests begin with."""

from __future__ import annotations

from typing import Any

from research.jobs.model import JobsModel, jobs_model


def usual_model(**changed: Any) -> JobsModel:
    """Build the model of the whole pledge as notebook 02 has it, but for what is changed."""
    usual = {
        "scenario": "pledge",
        "rest_rule": "mou_sectors",
        "years": (2026, 2040),
        "method": "FLQ",
        "delta": 0.3,
    }
    return jobs_model(**usual | changed)
