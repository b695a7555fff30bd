"""``research list | run | status``."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from contextlib import ExitStack
from functools import partial
from itertools import islice
from pkgutil import resolve_name
from typing import TYPE_CHECKING, Annotated, Any

import typer
from typer.core import TyperCommand

from research import paths
from research.cli import unchanged
from research.report.notebooks import NOTEBOOKS, NotebookSpec

if TYPE_CHECKING:
    from research.report.build import Outcome
    from research.report.plan import Request

#: Who makes the page of a run, and who makes those beside: the one that lists all comes last.
RENDER = "research.report.pages.page:render"
WRITE_PAGES = (
    "research.report.pages.documents:write_documents",
    "research.report.pages.index:write_index",
    "research.report.pages.folder:write_folder",  # the front page is a file of the folder too
)

_PAIR_FLAGS = ("-p", "--parameter")

#: How many reasons are written out behind a report that was built; the rest are counted.
_REASONS_SHOWN = 3

Names = Annotated[
    list[str] | None, typer.Argument(help="Notebooks, by name or path; none means all of them.")
]
What = Annotated[
    str | None, typer.Argument(help="events, groups, templates, scenarios or elasticities.")
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
Kernel = Annotated[
    str | None,
    typer.Option(help="How notebooks start: forked (fast) or spawned; also RESEARCH_KERNEL."),
]
Force = Annotated[bool, typer.Option("--force", help="Build what is fresh as well.")]


class PairsCommand(TyperCommand):
    """Lets ``-p NAME VALUE`` be given again and again, which typer's lists cannot hold."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Hand each pair on as one ``NAME=VALUE``."""
        joined, rest = [], iter(args)
        for token in rest:
            joined.append(token)
            if token in _PAIR_FLAGS:
                pair = [*islice(rest, 2)]
                joined += ["=".join(pair)] if pair else []
        return super().parse_args(ctx, joined)


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
    write_pages: Sequence[str] = WRITE_PAGES,
) -> None:
    """Add the commands on these notebooks to ``app``; the makers are ``module:attribute``."""

    @app.command("list")
    def list_choices(what: What = None) -> None:
        """List notebooks with their questions and parameters, or what they can be asked about."""
        from research.cli.tables import choices, print_notebooks

        if what is None:
            print_notebooks(specs)
        else:
            typer.echo("\n".join(choices(what)))

    @app.command("status")
    def show_status() -> None:
        """Show of each run how it ended, and whether its report is fresh or why it is stale."""
        from research.cli.tables import print_status
        from research.report.status import status

        print_status(status(specs))

    @app.command("run", cls=PairsCommand)
    def run(  # noqa: PLR0917 - typer calls it, by name
        names: Names = None,
        values: Values = None,
        scenarios: Scenarios = None,
        label: Label = None,
        jobs: Jobs = None,
        force: Force = False,
        kernel: Kernel = None,
    ) -> None:
        """Build the reports that are stale: of every notebook and every kept scenario, unless told.

        Ends with 0 when every report is up to date, 1 when a notebook failed or a report could
        not be written, 2 when a parameter is not valid, 3 when a table, a notebook or a file of
        prices is missing or damaged, 130 when interrupted.
        """
        from research.report.notebooks import file_values
        from research.report.plan import plan

        before = unchanged.state(sys.argv[1:])
        if kernel is not None:
            os.environ["RESEARCH_KERNEL"] = kernel
        requests = plan(
            specs,
            names=names or [],
            values=_pairs(values or []),
            scenarios=scenarios or [],
            label=label,
        )
        outcomes = build_stale(requests, jobs, force, render)
        told = write_all(write_pages)
        if any(outcome.state == "failed" for outcome in outcomes):
            raise typer.Exit(1)
        if not (outcomes or told or any(file_values(x.spec, x.parameters) for x in requests)):
            fresh = "\n".join(_fresh(request) for request in requests)
            unchanged.remember(sys.argv[1:], before, fresh)


def _fresh(request: Request) -> str:
    from research.report.files import run_files

    return f"up to date  {os.path.relpath(run_files(request.run).report)}"


def write_all(pages: Sequence[str]) -> list[str]:
    """Write what stands beside the reports, each also where the one before cannot be made.

    Says what they told.
    """
    all_told = []

    def write(maker: str) -> None:
        if told := resolve_name(maker)(paths.reports()):
            all_told.append(told)
            typer.echo(told, err=True)

    with ExitStack() as last:
        for maker in reversed(pages):
            last.callback(write, maker)
    return all_told


def build_stale(
    requests: Sequence[Request], jobs: int | None, force: bool, render: str
) -> list[Outcome]:
    """Build what is stale; shows the running cells, and says one line when a run ends."""
    from research.report.files import run_files
    from research.report.manifest import stale_reasons

    stale = []
    for request in requests:
        if stale_reasons(request, run_files(request.run)) or (force and request.asked):
            stale.append(request)
        else:
            typer.echo(_fresh(request))
    if not stale:
        return []
    from rich import progress as bars
    from rich.console import Console

    from research.report.execute import Step
    from research.report.run import BUILD, JOBS, check_ready, run_each

    check_ready(stale)
    console = Console(stderr=True)
    # Headings come from notebooks: as markup they could hide or colour what follows.
    say = partial(console.print, markup=False, highlight=False, soft_wrap=True)
    shown = bars.Progress(
        bars.SpinnerColumn(), bars.TextColumn("{task.description}", markup=False),
        bars.BarColumn(bar_width=20), bars.TextColumn("{task.fields[place]}", markup=False),
        bars.TimeElapsedColumn(), console=console, transient=True, disable=not console.is_terminal,
    )  # fmt: skip
    tasks = {x.run: shown.add_task(x.run, total=None, start=False, place="waits") for x in stale}

    def listen(run: str, news: Step | Outcome) -> None:
        if isinstance(news, Step):
            shown.start_task(tasks[run])
            place = f"cell {news.cell}/{news.cells} {news.heading or ''}"
            done = max(news.cell - 1, 0)
            shown.update(tasks[run], total=news.cells, completed=done, place=place)
        else:
            shown.remove_task(tasks[run])
            say(ending(news))

    with shown:
        try:
            return [*run_each(stale, BUILD, render, jobs=jobs or JOBS, force=force, listen=listen)]
        except KeyboardInterrupt as error:
            say("Interrupted; the last good reports are as they were.")
            raise typer.Exit(130) from error


def ending(outcome: Outcome) -> str:
    """Say in words how a run ended, where its report is and what to do after a failure."""
    from research.findings import read_findings
    from research.report.files import run_files
    from research.report.manifest import own_finding, read_manifest
    from research.report.status import describe_error

    files = run_files(outcome.run)
    report = os.path.relpath(files.report)
    if outcome.state == "fresh":
        return f"up to date  {report}"
    if outcome.state == "built":
        more = len(outcome.reasons) - _REASONS_SHOWN
        why = "; ".join(outcome.reasons[:_REASONS_SHOWN]) + (f"; and {more} more" * (more > 0))
        made = read_manifest(files.manifest)[0] or {}
        kept = read_findings(files.findings, made)
        own = own_finding(made, kept.findings if kept else ())
        about = made.get("scenario_title") or made.get("title")
        told = f"\n            {about}: {own.answer}" if own else ""
        return f"built       {report} in {outcome.seconds:.1f} s ({why}){told}"
    lines = [f"FAILED      {outcome.run}: {describe_error(outcome.error or {})}"]
    if files.failed_notebook.is_file():
        lines.append(f"            as far as it came: {os.path.relpath(files.failed_notebook)}")
    if files.report.is_file():
        lines.append(f"            the last good report stays: {report}")
    return "\n".join(lines)
