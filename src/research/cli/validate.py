"""``research validate``: published numbers beside ours."""

from __future__ import annotations

import importlib
import sys
from pathlib import Path
from typing import Annotated

import typer

from research import paths
from research.errors import Fault, InputError

Name = Annotated[str | None, typer.Argument(help="A case; none means those that a clone has.")]
Data = Annotated[Path | None, typer.Option("--data", help="Folder of the study's own files.")]
Check = Annotated[bool, typer.Option("--check", help="Change nothing; fail if the page is old.")]


def validate(name: Name = None, data: Data = None, check: Check = False) -> None:
    """Hold our figures against published ones, and write docs/validation.md.

    With --data the figures of a case are computed from the study's own files and recorded.
    """
    root = str(paths.root())
    if root not in sys.path:
        sys.path.append(root)
    validation = importlib.import_module("studies.validation.published")
    if data is not None and (name is None or check):
        fault = Fault("--data", "a case, without --check", f"{name or 'no case'}")
        raise InputError("A folder of files is of one case, to be recorded.", [fault])
    if name is not None:
        validation.record(name, data)
    found = validation.results()
    for one in found:
        if name == one.name:
            typer.echo(validation.section(one))
    is_new = validation.renew_page(found, check=check)
    state = "is new" if is_new else "is up to date"
    typer.echo(f"{validation.sentence(found)} docs/validation.md {state}.")
