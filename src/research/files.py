"""Files written in one step: readers see the old or the new content, nothing between."""

from __future__ import annotations

import os
from pathlib import Path


def replace_file(file: Path, content: str | bytes) -> None:
    """Write beside the target, force it to the disk, then rename."""
    draft = file.with_name(f".{file.name}.{os.getpid()}.draft")
    try:
        with draft.open("wb") as stream:
            stream.write(content.encode() if isinstance(content, str) else content)
            stream.flush()
            os.fsync(stream.fileno())
        draft.replace(file)
    finally:
        draft.unlink(missing_ok=True)
    if os.name == "posix":  # Windows has no such call
        # A rename is on the disk only when its folder is.
        handle = os.open(file.parent, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
