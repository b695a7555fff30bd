"""All tables at once: check them, seal their digests."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from research import paths
from research.data import catalog
from research.errors import DataError, Fault, raise_if
from research.files import replace_file


@dataclass(frozen=True, slots=True)
class Result:
    """What the check of one table gave: everything that is wrong with it."""

    name: str
    period: str
    faults: tuple[Fault, ...]


def check_all() -> tuple[Result, ...]:
    """Check all bundled tables; nothing is raised, what is wrong stands in the results."""
    folder = paths.data()
    files = {file for end in ("csv", "yaml") for file in folder.glob(f"*/*.{end}")}
    here = {file.relative_to(folder).with_suffix("").as_posix() for file in files}
    sealed = {name.rpartition(".")[0] for name in catalog.checksums()}
    found = {name for name in here | sealed if not name.startswith("cache/")}
    return tuple(_checked(name) for name in sorted(found))


def _checked(name: str) -> Result:
    from research.data import tables

    try:
        tables.checked(name)
    except DataError as error:
        return Result(name, "", tuple(dict.fromkeys(error.faults)))
    return Result(name, catalog.sidecar(name).period, ())


def seal(*names: str) -> Path:
    """Renew the digests of tables and sidecars that were changed on purpose."""
    files = [file for name in names for file in (catalog.path(name), catalog.sidecar_path(name))]
    faults = [catalog.missing(file) for file in files if not file.is_file()]
    raise_if(DataError, "There is nothing to seal.", faults)
    digests = catalog.checksums() | {
        file.relative_to(paths.data()).as_posix(): catalog.file_digest(file) for file in files
    }
    lines = [f"{digest}  {name}\n" for name, digest in sorted(digests.items())]
    replace_file(catalog.checksums_path(), "".join(lines))
    return catalog.checksums_path()
