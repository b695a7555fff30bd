"""Old names of `research.tariffs.who_pays` that the notebook still calls."""

from research.tariffs.who_pays import NO_CONTROL, estimates, monthly_rates, paths

__all__ = ["NO_CONTROL", "estimate_frame", "monthly_rates", "path_frame"]

estimate_frame, path_frame = estimates, paths
