"""Results kept beside the reports: what several runs ask is computed by the first of them."""

from __future__ import annotations

import functools
import hashlib
import importlib
import inspect
import json
import os
import platform
import shutil
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from importlib.metadata import version
from pathlib import Path
from typing import Any, ParamSpec, TypeVar

from research import paths
from research.data import catalog
from research.exact import plain, value
from research.files import replace_file

P = ParamSpec("P")
T = TypeVar("T")

_PACKAGE = Path(__file__).resolve().parent

# Beyond so many files the latest half is kept: a sweep would fill the disk.
_MOST = 10_000

_NOTHING = object()


def shared(compute: Callable[P, T]) -> Callable[P, T]:
    """Keep what a function of the package gives, for every run that asks the same of it.

    The result may depend on arguments, code and bundled tables alone. It is read where all code of
    the package, the lock, the digests of tables and the arguments are the same; a second process
    that asks meanwhile waits. Runs of reports share unless ``RESEARCH_SHARED`` is ``off``.
    Elsewhere, where arguments or result are of types that `research.exact` does not know, and where
    nothing can be written, the function is simply called; ``strict`` refuses such a result.
    """
    name, signature = f"{compute.__module__}.{compute.__qualname__}", inspect.signature(compute)
    if not name.startswith("research."):
        raise TypeError(f"{name} is none of the package: a change of its code would go unnoticed.")

    @functools.wraps(compute)
    def called(*args: P.args, **kwargs: P.kwargs) -> T:
        given = signature.bind(*args, **kwargs)
        given.apply_defaults()
        file = _file(name, given.arguments)
        if file is None:
            return compute(*args, **kwargs)
        kept = _read(file)
        if kept is not _NOTHING:
            return kept  # type: ignore[no-any-return]
        with _alone(file):
            kept = _read(file)
            if kept is _NOTHING:
                with catalog.noting() as tables:
                    found = compute(*args, **kwargs)
                # As all later ones have it, to the last bit of what is made of it.
                kept = _read(file) if _keep(file, found, tables, name) else _NOTHING
            return found if kept is _NOTHING else kept

    return called


def _file(name: str, arguments: dict[str, Any]) -> Path | None:
    """Give the file of a result; none where nothing is shared."""
    if os.environ.get("RESEARCH_SHARED") not in ("on", "strict"):
        return None
    try:
        asked = _digest(json.dumps([name, plain(arguments)]))
        code = _code(paths.root(), int(time.monotonic()))
    except (TypeError, OSError):
        return None
    return paths.reports() / ".work" / "shared" / code / f"{asked}.json" if code else None


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


@functools.lru_cache(maxsize=1)  # Looked up once a second.
def _code(root: Path, _second: int) -> str:
    """Digest what all results hang on; nothing where code changed after it was loaded."""
    found = (Path(top, name) for top, _, names in os.walk(_PACKAGE) for name in names)
    code = sorted(file for file in found if file.suffix != ".pyc")
    files = [*code, root / "requirements.lock", catalog.checksums_path()]
    stamps = [(file, catalog.stamp(file)) for file in files if file.is_file()]
    is_new = any(stamp[-1] > catalog.LOADED_NS for file, stamp in stamps if file in code)
    return "" if is_new else _digest_of(tuple(stamps))


@functools.lru_cache(maxsize=4)
def _digest_of(stamps: tuple[tuple[Path, tuple[int, ...]], ...]) -> str:
    installed = (version(package) for package in ("numpy", "pandas", "scipy", "matplotlib"))
    files = (f"{os.path.relpath(file, _PACKAGE)} {catalog.file_digest(file)}" for file, _ in stamps)
    return _digest("\n".join([platform.python_version(), *installed, *files]))


def _read(file: Path) -> Any:
    """Give what was kept, if it is whole; to the run its tables are read, its modules imported."""
    try:
        seal, _, text = file.read_text(encoding="ascii").partition("\n")
        record = json.loads(text) if _digest(text) == seal else None
    except (OSError, ValueError):
        return _NOTHING
    if record is None or any(catalog.digest_faults(name) for name in record["tables"]):
        return _NOTHING
    for module in record["modules"]:
        importlib.import_module(module)
    catalog.note_read(*record["tables"])
    return value(record["result"])


def _keep(file: Path, found: Any, tables: set[str], name: str) -> bool:
    """Write a result that comes back as it is; say whether it does, and was written."""
    try:
        result = plain(found)
        if json.dumps(plain(value(result))) != json.dumps(result):
            raise TypeError(f"What {name} gives does not come back equal.")
    except Exception:
        if os.environ["RESEARCH_SHARED"] == "strict":
            raise
        return False
    # Imports run down: of the topic, or of the data beneath, is all that it can have imported.
    homes = tuple(f"research.{home}" for home in (name.split(".")[1], "data"))
    modules = sorted(module for module in sys.modules if module.startswith(homes))
    text = json.dumps({"tables": sorted(tables), "modules": modules, "result": result})
    try:
        for old in file.parent.parent.iterdir():
            if old != file.parent:
                shutil.rmtree(old, ignore_errors=True)
        replace_file(file, f"{_digest(text)}\n{text}")
        if len(os.listdir(file.parent)) > _MOST:
            kept = sorted(file.parent.iterdir(), key=lambda one: one.stat().st_mtime)
            for old in kept[: -_MOST // 2]:
                old.unlink(missing_ok=True)
    except OSError:
        return False
    return True


@contextmanager
def _alone(file: Path) -> Iterator[None]:
    """Hold a result's lock where that can be had: who waits finds the work done."""
    from filelock import FileLock

    lock = FileLock(file.with_suffix(".lock"))
    with suppress(OSError, NotImplementedError):
        file.parent.mkdir(parents=True, exist_ok=True)
        lock.acquire()
    try:
        yield
    finally:
        lock.release()
