"""``research sweep``: many runs of one notebook, kept as one dataset."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import closing
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from research.cli.run import RENDER, Jobs, build_stale
from research.report.notebooks import NOTEBOOKS, NotebookSpec, select

if TYPE_CHECKING:
    from research.report.sweep.folder import Folder
    from research.report.sweep.runs import Result

#: More runs than this are asked about, and so many failures are written out.
ASK_ABOVE, _FAILURES_SHOWN = 100, 10

Notebook = Annotated[str, typer.Argument(help="A notebook, by name or path.")]
GridFile = Annotated[Path, typer.Option("--grid", help="YAML file of the parameters' values.")]
Label = Annotated[
    str | None, typer.Option("--as", help="Last part of the sweep's name; else the grid's.")
]
Yes = Annotated[bool, typer.Option("--yes", help=f"Start more than {ASK_ABOVE} runs.")]
Retry = Annotated[bool, typer.Option("--retry", help="Try failed runs again.")]
Scheduler = Annotated[
    str | None, typer.Option(help="Run on a dask cluster: tls://host:port or tcp://host:port.")
]
TlsCa = Annotated[Path | None, typer.Option(help="PEM file of whom one trusts, for tls://.")]
TlsCert = Annotated[Path | None, typer.Option(help="PEM file of one's own certificate.")]
TlsKey = Annotated[Path | None, typer.Option(help="PEM file of its key.")]
PrintSlurm = Annotated[
    bool, typer.Option("--print-slurm", help="Print a script that runs it on Slurm, untried.")
]


def register_sweep(
    app: typer.Typer, specs: Sequence[NotebookSpec] = NOTEBOOKS, *, render: str = RENDER
) -> None:
    """Add the command on these notebooks to ``app``."""

    @app.command("sweep")
    def sweep(  # noqa: PLR0917 - typer calls it, by name
        notebook: Notebook,
        grid: GridFile,
        label: Label = None,
        jobs: Jobs = None,
        yes: Yes = False,
        retry: Retry = False,
        scheduler: Scheduler = None,
        tls_ca: TlsCa = None,
        tls_cert: TlsCert = None,
        tls_key: TlsKey = None,
        print_slurm: PrintSlurm = False,
    ) -> None:
        """Run a notebook once for each set of a grid; given again it goes on where it stopped.

        Ends as `research run` does: with 1 when a run failed, 130 when interrupted.
        """
        from research.report.run import JOBS
        from research.report.sweep import kept_as_they_end, place
        from research.report.sweep.cluster import Tls, check_address, run_on_cluster, slurm_script
        from research.report.sweep.folder import opened
        from research.report.sweep.grid import plan_sweep
        from research.report.sweep.runs import run_local
        from research.report.sweep.summary import write_summary

        tls = Tls(tls_ca, tls_cert, tls_key)
        if scheduler or tls != Tls():
            check_address(scheduler or "", tls)
        (spec,) = select([notebook], specs)
        plan = plan_sweep(spec, grid, specs)
        folder, at_a_time = place(spec.name, label or grid.stem), jobs or JOBS
        if print_slurm:
            command = [str(Path(sys.executable).with_name("research")), "sweep", spec.name, "--yes"]
            command += ["--grid", str(grid.resolve()), "--as", label or grid.stem]
            typer.echo(slurm_script(command))
            return
        reads = [*{one.run: one for one in plan.requests[0].before()}.values()]
        if any(one.state == "failed" for one in build_stale(reads, at_a_time, False, render)):
            raise typer.Exit(1)
        with opened(folder, plan) as kept:
            todo = kept.todo(retry=retry)
            typer.echo(expected(spec, kept, len(todo), 0 if scheduler else at_a_time))
            if len(todo) > ASK_ABOVE and not yes:
                raise typer.BadParameter(f"{len(todo):,} runs, more than {ASK_ABOVE}: add --yes.")
            plan.rehearse(todo)
            run = partial(run_local, jobs=at_a_time, specs=specs)
            if scheduler:
                run = partial(run_on_cluster, address=scheduler, tls=tls, specs=specs)
            with closing(kept_as_they_end(kept, todo, run)) as results:
                _watch(results, kept, len(todo))
            write_summary(kept)
            typer.echo(ending(kept))
        if kept.failed:
            raise typer.Exit(1)


def expected(spec: NotebookSpec, kept: Folder, todo: int, jobs: int) -> str:
    """Say how many runs there are to do, and how long that takes by what is known.

    On a cluster, where ``jobs`` is 0, it is the time of one worker.
    """
    from research.report.files import run_files
    from research.report.manifest import read_manifest
    from research.report.pages.theme import seconds

    said = f"{len(kept.tasks):,} runs of {spec.name}, {len(kept.done):,} of them finished."
    took = [one["seconds"] for one in kept.done.values() if not one["error"]]
    last = read_manifest(run_files(spec.name).manifest)[0] or {}
    each = sum(took) / len(took) if took else last.get("seconds")
    if not todo or not each:
        return said
    time = seconds(each * todo / min(jobs or 1, todo)) + " of one worker" * (not jobs)
    by = "runs that are finished" if took else "its last report, with pictures and page"
    return f"{said} The rest takes about {time}, by {by}."


def _watch(results: Iterator[Result], kept: Folder, todo: int) -> None:
    """Take the results, with progress and time left; says how to go on when that ends before."""
    from rich.console import Console
    from rich.progress import Progress

    console = Console(stderr=True)
    bar = Progress(
        *Progress.get_default_columns(), console=console, transient=True,
        disable=not console.is_terminal, speed_estimate_period=900,
    )  # fmt: skip
    try:
        with bar:
            for _ in bar.track(results, todo, description="runs"):
                pass
    except BaseException as error:
        done = f"{len(kept.done):,} of {len(kept.tasks):,} runs are finished and kept."
        typer.echo(f"{done} The same command goes on from there.", err=True)
        if isinstance(error, KeyboardInterrupt):
            raise typer.Exit(130) from error
        raise


def ending(kept: Folder) -> str:
    """Say what is finished, and what failed and where."""
    from research.report.status import describe_error
    from research.report.sweep.grid import words

    page, moved = os.path.relpath(kept.path / "summary.html"), kept.about["moved"]
    told = [f"finished    {len(kept.done):,} of {len(kept.tasks):,} runs, {page}"]
    runs = {run: kept.tasks[run].parameters for run in kept.failed}
    for run, error in [*kept.failed.items()][:_FAILURES_SHOWN]:
        values = words({name: runs[run][name] for name in moved})
        told.append(f"FAILED      {run}, {values}: {describe_error(error)}")
    if runs:
        told.append(f"            {len(runs):,} failed; --retry tries them again")
    return "\n".join(told)
