"""Event study: day zero, normal-return models, group tests, placebo."""

from research.events.horizons import buy_and_hold, calendar_time_portfolio
from research.events.joint import contrasts, exposure, pooled
from research.events.models import MODELS
from research.events.placebo import Placebo, time_placebo
from research.events.power import minimal_detectable_effect, power_curve
from research.events.results import EventStudy
from research.events.returns import returns_of
from research.events.study import event_study
from research.events.tests import TESTS
from research.events.windows import day_zero, previous_sessions

__all__ = [
    "MODELS",
    "TESTS",
    "EventStudy",
    "Placebo",
    "buy_and_hold",
    "calendar_time_portfolio",
    "contrasts",
    "day_zero",
    "event_study",
    "exposure",
    "minimal_detectable_effect",
    "pooled",
    "power_curve",
    "previous_sessions",
    "returns_of",
    "time_placebo",
]
