"""Old name of `research.tariffs.power` that the notebook still calls."""

from research.tariffs.power import identification

__all__ = ["identification_frame"]

identification_frame = identification
