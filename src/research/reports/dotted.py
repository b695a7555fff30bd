"""Objects named as ``module:attribute``, so that they can be loaded late and in another process."""

from __future__ import annotations

from importlib import import_module
from typing import Any


def load_dotted(where: str) -> Any:
    """Load what ``module:attribute`` names.

    Parameters
    ----------
    where
        For example ``research.pages.render:render``. Comes from code, never from a user.
    """
    module, _, attribute = where.partition(":")
    return getattr(import_module(module), attribute)
