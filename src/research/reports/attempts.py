"""Attempts to build a report: the mark of one in progress, and the record of one that failed."""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from research.reports.files import RunFiles, not_written, write_json, writing
from research.reports.manifest_shape import read_manifest

if TYPE_CHECKING:
    from research.reports.execute import Step


def now_utc() -> str:
    """Give the current time as ISO 8601 text in UTC, to the second."""
    return datetime.now(UTC).isoformat(timespec="seconds")


@contextmanager
def run_lock(files: RunFiles, *, wait: bool = True) -> Iterator[None]:
    """Hold the lock of a run while it works; the system frees it when the run is killed.

    Parameters
    ----------
    files
        The run's files.
    wait
        Whether to wait for another process that holds it.

    Raises
    ------
    filelock.Timeout
        If another process holds it and this one does not wait.
    RunError
        If the lock cannot be written.
    """
    from filelock import FileLock, Timeout

    with writing(files.lock):
        files.lock.parent.mkdir(parents=True, exist_ok=True)
    lock = FileLock(files.lock)
    try:
        lock.acquire(blocking=wait)
    except Timeout:
        raise  # It is an OSError too.
    except OSError as error:
        raise not_written(files.lock, error) from error
    try:
        yield
    finally:
        lock.release()


def is_working(files: RunFiles) -> bool:
    """Say whether some process builds this run right now."""
    from filelock import Timeout

    if not files.lock.is_file():
        return False
    try:
        with run_lock(files, wait=False):
            return False
    except Timeout:
        return True


@contextmanager
def marked(files: RunFiles, manifest: Mapping[str, Any]) -> Iterator[None]:
    """Keep a mark of a run in progress on disk; what a killed run leaves tells of its end.

    Parameters
    ----------
    files
        The run's files.
    manifest
        The manifest of the attempt, in state ``running``.
    """
    try:
        write_json(files.mark, manifest)
        with writing(files.work):
            files.log.write_bytes(b"")
            files.work.mkdir(parents=True, exist_ok=True)
        yield
    finally:
        shutil.rmtree(files.work, ignore_errors=True)
        files.mark.unlink(missing_ok=True)


def mark_step(files: RunFiles, manifest: Mapping[str, Any], step: Step) -> None:
    """Note in the mark which cell runs now."""
    place = {"cell": step.cell, "cells": step.cells, "heading": step.heading}
    write_json(files.mark, {**manifest, "step": place})


def record_failure(files: RunFiles, manifest: Mapping[str, Any], error: Mapping[str, Any]) -> None:
    """Keep the manifest of a failed attempt, apart from the last good report.

    Parameters
    ----------
    files
        The run's files.
    manifest
        The manifest of the attempt.
    error
        ``cell``, ``heading``, ``name`` and ``message``.
    """
    ended = {key: value for key, value in manifest.items() if key != "step"}
    write_json(files.failed_manifest, {**ended, "state": "failed", "error": dict(error)})
    if files.log.is_file() and files.log.stat().st_size:
        # Copied, not moved: a process that waits for this run's lock has the log open.
        with writing(files.failed_log):
            shutil.copyfile(files.log, files.failed_log)


def forget_failure(files: RunFiles) -> None:
    """Drop what is kept of a failed attempt, after a later one came to its end."""
    for file in (files.failed_manifest, files.failed_notebook, files.failed_log):
        with writing(file):
            file.unlink(missing_ok=True)


def settle_killed(files: RunFiles) -> None:
    """Turn the mark of a killed run into the record of a failed attempt.

    The caller holds the run's lock, so that a mark which is still there belongs to a process
    that is gone.
    """
    mark, _ = read_manifest(files.mark)
    if mark is not None:
        record_failure(files, mark, killed_error(mark))
        shutil.rmtree(files.work, ignore_errors=True)
    with writing(files.mark):
        files.mark.unlink(missing_ok=True)


def killed_error(mark: Mapping[str, Any]) -> dict[str, Any]:
    """Say where a killed run was, from the mark it left."""
    step = mark.get("step") or {}
    message = "The run was killed from outside (or the machine stopped) before its end."
    return {
        "cell": step.get("cell"),
        "heading": step.get("heading"),
        "name": "Killed",
        "message": message,
    }


def failure_reason(files: RunFiles) -> list[str]:
    """Give the reason to build again that a failed or killed attempt is, as a list of 0 or 1."""
    if files.failed_manifest.is_file():
        return ["the last attempt failed"]
    return ["the last attempt was killed"] if files.mark.is_file() else []
