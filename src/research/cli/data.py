"""``research data check | fetch | compare``."""

from __future__ import annotations

import typer

app = typer.Typer(help="Check the bundled figures, fetch live prices, compare the two.")


@app.command()
def check() -> None:
    """Check every bundled table and print a table of the results."""
