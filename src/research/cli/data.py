"""``research data check | seal | fetch | compare``."""

from __future__ import annotations

from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Annotated

import typer

from research.data import catalog
from research.errors import DataError, raise_if

app = typer.Typer(help="Check the bundled figures, fetch live prices, compare the two.")

Series = Annotated[
    list[str] | None, typer.Option("--series", help="A series id; may be given several times.")
]
Day = Annotated[datetime | None, typer.Option(formats=["%Y-%m-%d"], help="Such as 2024-05-28.")]


@app.command()
def check() -> None:
    """Check every bundled table; exit code 3 when one is not as it should be."""
    from research.data.tables import check_all

    wrong = check_all()
    for name, faults in wrong.items():
        typer.echo(f"{name:40}  {f'{len(faults)} faults' if faults else 'ok'}")
    # A broken table is also a fault of those checked against it.
    every = list(dict.fromkeys(fault for faults in wrong.values() for fault in faults))
    broken = sum(map(bool, wrong.values()))
    raise_if(DataError, f"{broken} of {len(wrong)} tables are not as they should be.", every)


@app.command()
def seal(
    tables: Annotated[list[str], typer.Argument(help="Names such as market/series.")],
) -> None:
    """Renew the digests of tables and sidecars that were changed on purpose."""
    where = catalog.show(catalog.seal(*tables))
    print(f"sealed in {where}; now run scripts/codebook.py and python -m studies.tables.check")


@app.command()
def fetch(
    series: Series = None,
    start: Day = None,
    end: Day = None,
    allow_partial: Annotated[
        bool, typer.Option("--allow-partial", help="Store what came although series are missing.")
    ] = False,
) -> None:
    """Fetch live prices from Yahoo Finance into data/cache; nothing else here uses the network."""
    import pandas as pd
    from rich.console import Console
    from rich.progress import track

    from research.data import load_table
    from research.data.prices.cache import prices_path, sidecar_path
    from research.data.prices.fetch import FIRST_DAY, fetch_prices
    from research.data.prices.yahoo import listings

    wanted = listings(load_table("market/series"), series)
    console = Console(stderr=True)
    # Off a terminal rich would leave an empty line where the bar was.
    off = not console.is_terminal
    about = fetch_prices(
        wanted,
        first=pd.Timestamp(start or FIRST_DAY),
        last=pd.Timestamp(end) if end else None,
        allow_partial=allow_partial,
        watch=partial(track, description="", console=console, transient=True, disable=off),
    )
    typer.echo(f"{len(about['series'])} series, {about['period']}, in {prices_path()}")
    for fault in about["missing"].values():
        typer.echo(f"missing: {fault}", err=True)
    for name, what in about["stand_ins"].items():
        typer.echo(f"note: {name} is {what}")
    if about["left_out"]:
        named = sidecar_path(prices_path()).name
        typer.echo(f"{len(about['left_out'])} days left out or without a price: see {named}")


@app.command()
def compare(
    source: Annotated[str, typer.Argument(help="yahoo, or the path of a .csv file.")] = "yahoo",
    tolerance_bp: Annotated[
        float, typer.Option(help="Largest difference that counts as none, in basis points.")
    ] = 1.0,
    rows: Annotated[int, typer.Option(min=0, help="Differences to print, largest first.")] = 20,
) -> None:
    """Print where the returns of a source differ from the bundled ones."""
    from research.data import market

    if Path(source).is_file():
        source = str(Path(source).resolve())
    other, bundled = market.load_market(source), market.load_market()
    differ, summary = market.compare(bundled, other, tolerance_bp=tolerance_bp)
    apart, absent = summary[summary["differ"] > 0], summary.index[summary["compared"] == 0]
    typer.echo(
        f"bundled: {bundled.source}\nother:   {other.source}\n\n"
        f"{int(summary['compared'].sum())} returns of {len(summary)} series compared; "
        f"{len(differ)}, of {len(apart)} series, differ by more than {tolerance_bp:g} bp."
    )
    if len(differ):
        typer.echo("\n" + apart.round(3).to_string())
        typer.echo(f"\nThe {min(rows, len(differ))} largest of {len(differ)}:\n")
        days = {"date": lambda day: f"{day:%F}"}
        largest = differ.head(rows)
        typer.echo(largest.to_string(index=False, float_format="%.1f", formatters=days))
    if len(absent):
        typer.echo(f"\nNot in both: {', '.join(absent)}")
