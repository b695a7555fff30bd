"""``research data check | fetch | compare``."""

from __future__ import annotations

import typer

from research.cli import bundled, live_prices

app = typer.Typer(help="Check the bundled figures, fetch live prices, compare the two.")
bundled.register(app)
live_prices.register(app)
