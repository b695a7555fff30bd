"""``research data check | codebook | assumptions | seal``: the bundled tables."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated

import typer

from research.errors import DataError

if TYPE_CHECKING:
    from research.data.check import Result
    from research.errors import Fault


def register(app: typer.Typer) -> None:
    """Add the commands of this module to ``research data``."""
    app.command()(check)
    app.command()(codebook)
    app.command()(assumptions)
    app.command()(seal)


def check(
    verbose: Annotated[bool, typer.Option("--verbose", "-v", help="Say what is checked.")] = False,
) -> None:
    """Check every bundled table; exit code 3 when one is not as it should be."""
    from research.data.check import check_all

    results = check_all()
    _print(results, verbose=verbose)
    faults = _faults(results)
    if faults:
        broken = sum(bool(result.faults) for result in results)
        raise DataError(f"{broken} of {len(results)} tables are not as they should be.", faults)


def codebook() -> None:
    """Write data/README.md from the sidecars of the tables."""
    from research.data.catalog import show
    from research.data.codebook import write_codebook

    print(f"wrote {show(write_codebook())}")


def assumptions() -> None:
    """Write docs/assumptions.md from the files of docs/assumptions."""
    from research.data.assumption_page import write_assumptions
    from research.data.catalog import show
    from research.jobs.assumptions import assumptions as of_jobs
    from research.tariffs.assumptions import assumptions as of_tariffs

    # A topic's own part goes when its YAML stands.
    print(f"wrote {show(write_assumptions([of_jobs(), of_tariffs()]))}")


def seal(table: Annotated[str, typer.Argument(help="A name such as market/series.")]) -> None:
    """Renew the digest in a sidecar after its table was changed on purpose."""
    from research.data.catalog import show
    from research.data.codebook import seal as seal_table

    print(f"sealed {show(seal_table(table))}; now run: research data codebook")


def _print(results: Sequence[Result], *, verbose: bool) -> None:
    from rich import box
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table("table", box=box.SIMPLE, pad_edge=False, padding=(0, 1, 0, 0))
    table.columns[0].no_wrap = True
    table.add_column("rows", justify="right")
    table.add_column("period")
    table.add_column("checks", justify="left" if verbose else "right")
    table.add_column("result")
    for result in results:
        checks = "; ".join(result.checks) if verbose else str(len(result.checks))
        good = not result.faults
        outcome = Text("ok", "green") if good else Text(f"{len(result.faults)} faults", "bold red")
        rows = "" if result.rows is None else str(result.rows)
        table.add_row(
            result.name,
            rows,
            Text((result.period or "").replace(" to ", "– ")),
            Text(checks),
            outcome,
        )
    Console().print(table)


def _faults(results: Sequence[Result]) -> list[Fault]:
    """List each fault once: a broken table is also a fault of those checked against it."""
    return list(dict.fromkeys(fault for result in results for fault in result.faults))
