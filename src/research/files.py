"""Files written in one step: readers see the old or the new content, nothing between."""

import os
import tempfile
from pathlib import Path


def draft(file: Path, content: str | bytes) -> Path:
    """Write a draft beside a file, down to the disk; renaming it replaces the file."""
    file.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=file.parent, prefix=f".{file.name}.", suffix=".part")
    written = Path(name)
    try:
        with os.fdopen(handle, "wb") as out:
            out.write(content.encode() if isinstance(content, str) else content)
            out.flush()
            os.fsync(out.fileno())
        written.chmod(0o644)
    except BaseException:
        written.unlink(missing_ok=True)
        raise
    return written


def replace_file(file: Path, content: str | bytes) -> None:
    """Write beside the target, force it to the disk, then rename."""
    written = draft(file, content)
    try:
        written.replace(file)
    finally:
        written.unlink(missing_ok=True)
