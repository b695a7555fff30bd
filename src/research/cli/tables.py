"""What ``research list`` and ``research status`` print."""

from __future__ import annotations

import os
import typing
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text

from research.errors import Fault, InputError, nearest
from research.report.notebooks import NotebookSpec

if TYPE_CHECKING:
    from research.report.status import RunStatus


def print_notebooks(specs: Sequence[NotebookSpec]) -> None:
    """Print of each notebook its question and a table of its parameters."""
    console = Console()
    for spec in specs:
        console.print(Text(spec.name, style="bold"), Text(spec.question), sep="\n")
        table = Table(show_edge=False, pad_edge=False)
        for column in ("parameter", "type", "default", "meaning"):
            table.add_column(column, overflow="fold")
        fields = spec.model().model_fields
        for name, one in spec.declared().items():
            kind, value = fields[name].annotation, one.default
            is_choice = typing.get_origin(kind) is typing.Literal
            named = " | ".join(map(str, typing.get_args(kind))) if is_choice else one.type
            # As it would be written after `-p NAME`.
            shown = f"[{', '.join(map(str, value))}]" if isinstance(value, list) else str(value)
            table.add_row(*map(Text, (name, named, shown, one.meaning)))
        console.print(table)


def choices(what: str) -> list[str]:
    """Give a line for each event, group, template, scenario or set of elasticities: id and words.

    Another word is an `InputError` that names the nearest.
    """
    from research.data import load_table
    from research.report.plan import load_scenario, scenario_names

    known: dict[str, Callable[[], Any]] = {
        "events": lambda: load_table("deal/events").apply(
            lambda one: f"{one['date_local']:%Y-%m-%d}  {one['title']}", axis=1),
        "templates": lambda: load_table("jobs/project_templates").reset_index()
            .query("quantity == 'build_years'").set_index("template")["central"]
            .map("{:g} years to build".format),
        "elasticities": lambda: load_table("tariffs/elasticity_sets").drop_duplicates("set")
            .set_index("set")[["study", "horizon"]].agg(", ".join, axis=1),
        "groups": lambda: load_table("market/groups"),
        "scenarios": lambda: {name: load_scenario(name).title for name in scenario_names()},
    }  # fmt: skip
    if what not in known:
        fault = Fault("list", ", ".join(known), repr(what), nearest(what, list(known)))
        raise InputError("There is nothing of this name to list.", [fault])
    rows = dict(known[what]().items())
    return [f"{name:{max(map(len, rows))}}  {words}" for name, words in rows.items()]


def print_status(rows: Sequence[RunStatus]) -> None:
    """Print of each run how it ended, its report, and why it is stale or failed."""
    for row in rows:
        age = "" if row.report is None else ", stale" if row.stale else ", fresh"
        typer.echo(f"{row.run}: {row.state}{age}")
        if row.report is not None:
            built = (row.started_utc or "at an unknown time").replace("+00:00", "")
            took = "" if row.seconds is None else f" in {row.seconds:.1f} s"
            typer.echo(
                f"    {os.path.relpath(row.report)}, built {built.replace('T', ' ')} UTC{took}"
            )
        if row.stale:
            typer.echo(f"    to be built: {'; '.join(row.stale)}")
        if row.detail:
            typer.echo(f"    {row.state}: {row.detail}")
