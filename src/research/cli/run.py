"""``research list | run | status``."""

from __future__ import annotations

import os
from collections.abc import Sequence
from itertools import islice
from typing import TYPE_CHECKING, Annotated, Any

import typer
from typer.core import TyperCommand

from research import paths
from research.reports.catalog import NOTEBOOKS, NotebookSpec
from research.reports.dotted import load_dotted

if TYPE_CHECKING:
    from research.reports.build import Outcome
    from research.reports.plan import Request

#: Who makes a page, and who makes the index of all pages.
RENDER = "research.pages.render:render"
WRITE_INDEX = "research.pages.site:write_index"

_PAIR_FLAGS = ("-p", "--parameter")

Names = Annotated[
    list[str] | None, typer.Argument(help="Notebooks, by name or path; none means all of them.")
]
Values = Annotated[
    list[str] | None,
    typer.Option(*_PAIR_FLAGS, metavar="NAME VALUE", help="A parameter, value as YAML."),
]
Scenarios = Annotated[
    list[str] | None,
    typer.Option("--scenario", help="A file of notebooks/scenarios; may be given again."),
]
Label = Annotated[str | None, typer.Option("--as", help="Last part of the report's name.")]
Jobs = Annotated[
    int | None, typer.Option("--jobs", "-j", min=1, max=64, help="Notebooks at a time.")
]
Force = Annotated[bool, typer.Option("--force", help="Build what is fresh as well.")]


class PairsCommand(TyperCommand):
    """Lets ``-p NAME VALUE`` be given again and again, which typer's lists cannot hold."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Hand each pair on as one ``NAME=VALUE``."""
        return super().parse_args(ctx, _joined(args))


def _joined(args: Sequence[str]) -> list[str]:
    joined, rest = [], iter(args)
    for token in rest:
        joined.append(token)
        if token in _PAIR_FLAGS:
            pair = [*islice(rest, 2)]
            joined += ["=".join(pair)] if pair else []
    return joined


def _pairs(values: Sequence[str]) -> list[tuple[str, str]]:
    pairs = [value.partition("=") for value in values]
    alone = [name for name, equals, _ in pairs if not equals]
    if alone:
        raise typer.BadParameter(f"-p takes a name and a value; no value for: {', '.join(alone)}")
    return [(name, value) for name, _, value in pairs]


def register(
    app: typer.Typer,
    specs: Sequence[NotebookSpec] = NOTEBOOKS,
    *,
    render: str = RENDER,
    write_index: str = WRITE_INDEX,
) -> None:
    """Add the commands of this module to the main command.

    Parameters
    ----------
    app
        The command to add to.
    specs
        The notebooks that the commands know.
    render, write_index
        Functions that make a page and the index, as ``module:attribute``.
    """

    @app.command("list")
    def list_notebooks() -> None:
        """List the notebooks, their questions and their parameters."""
        from research.cli.tables import print_notebooks

        print_notebooks(specs)

    @app.command("status")
    def show_status() -> None:
        """Show of each run how it ended, and whether its report is fresh or why it is stale."""
        from research.cli.tables import print_status
        from research.reports.status import status

        print_status(status(specs))

    @app.command("run", cls=PairsCommand)
    def run(  # noqa: PLR0917 - typer calls it, by name
        names: Names = None,
        values: Values = None,
        scenarios: Scenarios = None,
        label: Label = None,
        jobs: Jobs = None,
        force: Force = False,
    ) -> None:
        """Build the reports that are stale: of every notebook and every kept scenario, unless told.

        Ends with 0 when every report is up to date, 1 when a notebook failed or a report could
        not be written, 2 when a parameter is not valid, 3 when a table, a notebook or a file of
        prices is missing or damaged, 130 when interrupted.
        """
        from research.reports.plan import plan

        requests = plan(
            specs,
            names=names or [],
            values=_pairs(values or []),
            scenarios=scenarios or [],
            label=label,
        )
        outcomes = _build_stale(requests, jobs or os.cpu_count() or 1, force, render)
        _renew_index(write_index)
        if any(outcome.state == "failed" for outcome in outcomes):
            raise typer.Exit(1)


def _build_stale(requests: Sequence[Request], jobs: int, force: bool, render: str) -> list[Outcome]:
    from research.reports.build import reasons_to_build

    reasons = {request.run: reasons_to_build(request) for request in requests}
    stale = [request for request in requests if force or reasons[request.run]]
    for request in requests:
        if request not in stale:
            typer.echo(f"up to date  {_shown(request.run)}")
    if not stale:
        return []
    from research.cli.progress import Progress
    from research.reports.ready import check_ready
    from research.reports.run import run_all

    check_ready(stale)
    with Progress(stale) as progress:
        try:
            return run_all(stale, jobs=jobs, force=force, render=render, listen=progress.listen)
        except KeyboardInterrupt as error:
            progress.say("Interrupted; the last good reports are as they were.")
            raise typer.Exit(130) from error


def _renew_index(write_index: str) -> None:
    """Write the index unless it is the one that was made from what is there."""
    from research.reports.index import is_current, note_index

    folder = paths.reports()
    if not is_current(folder):
        load_dotted(write_index)(folder)
        note_index(folder)


def _shown(run: str) -> str:
    report = paths.reports() / f"{run}.html"
    return os.path.relpath(report)
