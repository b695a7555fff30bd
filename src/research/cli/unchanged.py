"""What was up to date stays so until a file changes: then `research run` need not look again.

The look itself reads and digests every file that a report hangs on. This module takes their stamps
alone, and imports nothing that takes time.
"""

from __future__ import annotations

import hashlib
import json
import os
import sys
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from research import paths

_FILE = "unchanged.json"


def state(asked: Sequence[str]) -> str:
    """Digest a command and the stamps of all files of project, package and environment."""
    wishes = sorted(item for item in os.environ.items() if item[0].startswith("RESEARCH_"))
    seen = [repr((sys.version, os.getcwd(), [*asked], wishes))]
    # A package that is installed or removed changes the folder that it stands in.
    places = [Path(entry) for entry in sys.path if os.path.isdir(entry)]
    linked = [paths.data(), paths.notebooks(), paths.reports(), paths.root() / "docs"]
    for top in {paths.root(), Path(__file__).parents[1], *linked}:
        for folder, inner, names in os.walk(top):
            inner[:] = [one for one in inner if one == ".work" or one[0] not in "._"]
            places += [Path(folder, name) for name in names if name != _FILE]
    for place in sorted({*places}):
        about = os.stat(place) if place.exists() else os.lstat(place)
        seen.append(f"{place} {about.st_size} {about.st_mtime_ns} {about.st_ctime_ns}")
    return hashlib.sha256("\n".join(seen).encode(errors="surrogateescape")).hexdigest()


def remember(asked: Sequence[str], before: str, told: str) -> None:
    """Keep what a command that found nothing to do told, if no file changed since its start."""
    if state(asked) == before:
        with suppress(OSError):
            text = json.dumps({"state": before, "told": told})
            (paths.reports() / ".work" / _FILE).write_text(text, encoding="utf-8")


def remembered(now: str) -> str | None:
    """Give what the same command told when all was as it is now."""
    try:
        kept = json.loads((paths.reports() / ".work" / _FILE).read_text(encoding="utf-8"))
        return str(kept["told"]) if kept["state"] == now else None
    except (OSError, ValueError, TypeError, KeyError):
        return None
