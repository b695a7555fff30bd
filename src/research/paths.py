"""Where the project's folders are."""

import os
from functools import lru_cache
from pathlib import Path


def root() -> Path:
    """Give the project's folder: ``$RESEARCH_ROOT``, or the checkout this package stands in."""
    return _root(os.environ.get("RESEARCH_ROOT", ""))


@lru_cache(maxsize=8)
def _root(named: str) -> Path:
    # Kept: it looks at every folder above, and is asked for with every table.
    return Path(named).resolve() if named else Path(__file__).resolve().parents[2]


def data() -> Path:
    """Give the folder of the bundled tables."""
    return root() / "data"


def cache() -> Path:
    """Give the folder of fetched prices, which git ignores."""
    return data() / "cache"


def notebooks() -> Path:
    """Give the folder of the notebooks."""
    return root() / "notebooks"


def lessons() -> Path:
    """Give the folder of the lessons, with their solutions."""
    return notebooks() / "teaching"


def reports() -> Path:
    """Give the folder that built reports land in."""
    return root() / "reports"
