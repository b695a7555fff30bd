"""``research data check | fetch | compare``."""

from __future__ import annotations

import typer

from research.cli import live_prices

app = typer.Typer(help="Check the bundled figures, fetch live prices, compare the two.")
live_prices.register(app)


@app.command()
def check() -> None:
    """Check every bundled table and print a table of the results."""
