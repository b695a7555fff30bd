"""``research teach start | build | grade``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from research import paths
from research.data.catalog import show

app = typer.Typer(help="Lessons: students' copies, editions, marks.", no_args_is_help=True)


@app.command()
def start() -> None:
    """Put the lessons into notebooks/mine, to be worked through; what stands there stays."""
    from research.teach.editions import start as start_lessons

    folder = paths.notebooks() / "mine"
    for file in start_lessons(folder):
        typer.echo(f"new: {show(file)}")
    typer.echo(f"Your copies are in {show(folder)}; no command ever writes over them.")


@app.command()
def build(
    to: Annotated[Path | None, typer.Option(help="Folder; reports/teaching if none.")] = None,
) -> None:
    """Write all editions: for students, for teachers (with solutions), and slides."""
    from research.teach.editions import build as build_editions

    for edition, files in build_editions(to or paths.reports() / "teaching").items():
        typer.echo(f"{edition}: {', '.join(show(file) for file in files)}")


@app.command()
def grade(
    submissions: Annotated[Path, typer.Argument(help="Folder with NAME.ipynb or NAME/*.ipynb.")],
    to: Annotated[Path, typer.Option(help="Folder for grades.csv and the feedback.")] = Path(
        "grades"
    ),
    seconds: Annotated[int, typer.Option(min=1, help="Time limit of a cell.")] = 60,
) -> None:
    """Run and mark what students handed in; it runs their code, with your rights."""
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    from research.teach.grade import grade as grade_class

    marked = grade_class(submissions, to, seconds=seconds, tell=typer.echo)
    shown = marked.drop(columns="feedback")
    table = Table(*shown.columns, box=None, pad_edge=False)
    for row in shown.astype(object).where(shown.notna(), "").to_numpy():
        told = (f"{one:g}" if isinstance(one, float) else str(one) for one in row)
        table.add_row(*map(Text, told))
    Console().print(table)
    typer.echo(f"Written into {to}: grades.csv, and a page for each that was marked.")
