"""All commands of ``research``."""

from __future__ import annotations

import sys
import warnings

import typer

from research.cli.ask import app as ask_app
from research.cli.compare import compare
from research.cli.data import app as data_app
from research.cli.run import register
from research.cli.sweep import register_sweep
from research.cli.teach import app as teach_app
from research.cli.validate import validate
from research.errors import ResearchError

app = typer.Typer(
    name="research",
    help="Puts the numbers of the US-Japan $550bn deal to the test.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
)
app.add_typer(data_app, name="data")
app.add_typer(ask_app, name="ask")
app.add_typer(teach_app, name="teach")
register(app)
register_sweep(app)
app.command()(validate)
app.command()(compare)


def run_command() -> None:
    """Run what was asked for; a `ResearchError` ends it with its message and exit code."""
    # A wish such as PYTHONWARNINGS=error is for one's own code, not for what the runner imports.
    if sys.warnoptions:
        sys.warnoptions.clear()
        warnings.simplefilter("ignore")
    try:
        app()
    except ResearchError as error:
        print(f"research: {error}", file=sys.stderr)
        sys.exit(error.exit_code)
