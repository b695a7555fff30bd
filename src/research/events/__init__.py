"""Event study: day zero, normal-return models, group tests, placebo."""

from research.events.alignment import previous_sessions
from research.events.batches import event_study_in_batches
from research.events.day_zero import day_zero
from research.events.inference import TESTS
from research.events.models import MODELS
from research.events.placebo import Placebo, time_placebo
from research.events.results import EventStudy
from research.events.study import event_study

__all__ = [
    "MODELS",
    "TESTS",
    "EventStudy",
    "Placebo",
    "day_zero",
    "event_study",
    "event_study_in_batches",
    "previous_sessions",
    "time_placebo",
]
