"""Event study: day zero, normal-return models, group tests, placebo."""

from research.events.alignment import previous_sessions
from research.events.batches import event_study_in_batches
from research.events.calendar_time import CalendarTime, calendar_time_portfolio
from research.events.contrasts import contrasts
from research.events.day_zero import day_zero
from research.events.exposure import exposure, mean_over_events
from research.events.inference import TESTS
from research.events.long_run import LongRun, buy_and_hold
from research.events.models import MODELS
from research.events.placebo import Placebo, time_placebo
from research.events.power import minimal_detectable_effect, power_curve
from research.events.results import EventStudy
from research.events.study import event_study

__all__ = [
    "MODELS",
    "TESTS",
    "CalendarTime",
    "EventStudy",
    "LongRun",
    "Placebo",
    "buy_and_hold",
    "calendar_time_portfolio",
    "contrasts",
    "day_zero",
    "event_study",
    "event_study_in_batches",
    "exposure",
    "mean_over_events",
    "minimal_detectable_effect",
    "power_curve",
    "previous_sessions",
    "time_placebo",
]
