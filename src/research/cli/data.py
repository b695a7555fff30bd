"""``research data check | codebook | assumptions | seal | fetch | compare``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from research.cli import live_prices
from research.errors import DataError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from research.data.codebook import Result

app = typer.Typer(help="Check the bundled figures, fetch live prices, compare the two.")


@app.command()
def check(
    verbose: Annotated[bool, typer.Option("--verbose", "-v", help="Say what is checked.")] = False,
) -> None:
    """Check every bundled table; exit code 3 when one is not as it should be."""
    from research.data.codebook import check_all

    results = check_all()
    _print(results, verbose=verbose)
    # A broken table is also a fault of those checked against it.
    faults = list(dict.fromkeys(fault for result in results for fault in result.faults))
    if faults:
        broken = sum(bool(result.faults) for result in results)
        raise DataError(f"{broken} of {len(results)} tables are not as they should be.", faults)


@app.command()
def codebook() -> None:
    """Write data/README.md from the sidecars of the tables."""
    from research.data.catalog import show
    from research.data.codebook import write_codebook

    print(f"wrote {show(write_codebook())}")


@app.command()
def assumptions() -> None:
    """Write docs/assumptions.md from the files of docs/assumptions."""
    from research.data.assumption_page import write_assumptions
    from research.data.catalog import show

    print(f"wrote {show(write_assumptions())}")


@app.command()
def seal(
    tables: Annotated[list[str], typer.Argument(help="Names such as market/series.")],
) -> None:
    """Renew the digests of tables and sidecars that were changed on purpose."""
    from research.data.catalog import show
    from research.data.codebook import seal as seal_tables

    print(f"sealed in {show(seal_tables(*tables))}; now run: research data codebook, check")


def _print(results: Sequence[Result], *, verbose: bool) -> None:
    from rich import box
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table("table", "period", "checks", "result", box=box.SIMPLE, pad_edge=False)
    table.columns[0].no_wrap = True
    for result in results:
        checks = "; ".join(result.checks) if verbose else str(len(result.checks))
        faults = len(result.faults)
        outcome = Text(f"{faults} faults", "bold red") if faults else Text("ok", "green")
        table.add_row(result.name, Text(result.period), Text(checks), outcome)
    Console().print(table)


live_prices.register(app)
