"""``research data fetch | compare``, added to ``research data``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from research.data.prices.compare import Comparison
    from research.data.prices.fetch import Fetched

Series = Annotated[
    list[str] | None, typer.Option("--series", help="A series id; may be given several times.")
]


def register(app: typer.Typer) -> None:
    """Add the commands of this module."""
    app.command()(fetch)
    app.command()(compare)


def fetch(  # noqa: PLR0917 - typer calls it, by name
    series: Series = None,
    start: Annotated[str | None, typer.Option(help="First day, such as 2024-05-28.")] = None,
    end: Annotated[
        str | None, typer.Option(help="Last day; the last settled session by default.")
    ] = None,
    auto_adjust: Annotated[
        bool, typer.Option(help="Adjust prices for dividends, as the bundled figures are.")
    ] = True,
    attempts: Annotated[int, typer.Option(min=1, help="Questions at most for one series.")] = 4,
    allow_partial: Annotated[
        bool, typer.Option("--allow-partial", help="Store what came although series are missing.")
    ] = False,
) -> None:
    """Fetch live prices from Yahoo Finance into data/cache; nothing else here uses the network."""
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

    from research.data import load_table
    from research.data.prices.fetch import FIRST_DAY, Patience, fetch_prices
    from research.data.prices.tickers import listings

    wanted = listings(load_table("market/series"), series)
    columns = (BarColumn(), MofNCompleteColumn(), TextColumn("{task.description}"))
    console = Console(stderr=True)
    # Off a terminal rich would leave an empty line where the bar was.
    off = not console.is_terminal
    with Progress(*columns, console=console, transient=True, disable=off) as progress:
        task = progress.add_task("", total=len(wanted))

        def show(name: str, what: str) -> None:
            ended = what in ("done", "failed")
            progress.update(task, advance=int(ended), description=f"{name}: {what}")

        fetched = fetch_prices(
            wanted,
            auto_adjust=auto_adjust,
            first=start or FIRST_DAY,
            last=end,
            allow_partial=allow_partial,
            patience=Patience(attempts),
            report=show,
        )
    _print_fetched(fetched)


def _print_fetched(fetched: Fetched) -> None:
    from research.data.prices.cache import description_file

    about = fetched.about
    typer.echo(f"{len(about['series'])} series, {about['period']}, in {description_file()}")
    for error in fetched.failed.values():
        for fault in error.faults:
            typer.echo(f"missing: {fault}", err=True)
    for note in about["notes"]:
        typer.echo(f"note: {note}")
    left_out = about["left_out"]
    if left_out:
        typer.echo(f"{len(left_out)} days were left out or had no price; the file names each.")


def compare(
    source: Annotated[
        str, typer.Argument(help="yahoo, or the path of a .csv or .parquet file.")
    ] = "yahoo",
    tolerance_bp: Annotated[
        float, typer.Option(help="Largest difference that counts as none, in basis points.")
    ] = 1.0,
    series: Series = None,
    rows: Annotated[int, typer.Option(min=0, help="Differences to print, largest first.")] = 20,
) -> None:
    """Print where the returns of a source differ from the bundled ones."""
    from research.data import load_market
    from research.data.prices.compare import compare as held_together
    from research.data.prices.tickers import listings

    if Path(source).is_file():
        source = str(Path(source).resolve())
    other, bundled = load_market(source), load_market("bundled")
    wanted = {item.series_id for item in listings(bundled.series, series)}
    result = held_together(bundled, other, tolerance_bp=tolerance_bp)
    typer.echo(f"bundled: {bundled.source}\nother:   {other.source}")
    _print_comparison(result, wanted, rows)
    gaps = other.gaps[other.gaps["series_id"].isin(wanted)]
    if len(gaps):
        typer.echo(f"\n{len(gaps)} days without a figure in the other source:")
        typer.echo(gaps.head(rows).to_string(index=False, formatters={"date": _day}))


def _print_comparison(result: Comparison, wanted: set[str], rows: int) -> None:
    summary = result.summary()
    summary = summary[summary.index.isin(wanted)]
    differences = result.differences[result.differences["series_id"].isin(wanted)]
    apart = summary[summary["differ"] > 0]
    typer.echo(
        f"\n{int(summary['compared'].sum())} returns of {len(summary)} series compared; "
        f"{len(differences)}, of {len(apart)} series, differ by more than "
        f"{result.tolerance_bp:g} bp."
    )
    if len(differences):
        typer.echo("\n" + apart.round(3).to_string())
        largest = differences.head(rows)
        text = largest.to_string(index=False, float_format="%.1f", formatters={"date": _day})
        typer.echo(f"\nThe {len(largest)} largest of {len(differences)}:\n{text}")
    absent = summary.index[summary["compared"] == 0]
    if len(absent):
        typer.echo(f"\nNot in both: {', '.join(absent)}")


def _day(date: object) -> str:
    return f"{date:%Y-%m-%d}"
