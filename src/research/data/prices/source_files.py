"""Which files a source of market figures stands in, without reading them."""

from __future__ import annotations

from pathlib import Path

from research import paths
from research.data.prices import cache as price_cache


def source_files(source: str) -> tuple[Path, ...]:
    """List the files whose bytes decide what `research.data.load_market` gives for a source.

    The bundled tables are not among them: they have names of their own (`research.data.catalog`).
    A file that is listed may be missing.

    Parameters
    ----------
    source
        ``bundled``, ``yahoo`` or the path of a file.

    Raises
    ------
    DataError
        If the source is ``yahoo`` and no prices were fetched, or their description is damaged.
    """
    if source == "bundled":
        return ()
    if source == "yahoo":
        return price_cache.files()
    file = source_path(source)
    return file, sidecar_path(file)


def source_path(source: str) -> Path:
    """Give the file that a path in a parameter means: relative ones start at the project."""
    return paths.root() / source


def sidecar_path(file: Path) -> Path:
    """Give the YAML file beside a file of figures, which says what they are."""
    return file.with_suffix(".yaml")
