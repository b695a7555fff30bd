"""``research compare``: two runs, or a run and the stored outputs, held against each other."""

import json
from pathlib import Path
from typing import Annotated

import typer

from research.errors import InputError, RunError

Side = Annotated[str, typer.Argument(help="A run, a file of one, a notebook, or committed[:REV].")]
Tolerance = Annotated[float, typer.Option(help="Largest change that counts as none, as a share.")]
Html = Annotated[Path | None, typer.Option(help="Write a page as well.")]
Json = Annotated[Path | None, typer.Option("--json", help="Write all as JSON; - prints it alone.")]
Rows = Annotated[int, typer.Option(min=1, help="Rows of a table to print; the rest are counted.")]


def compare(  # noqa: PLR0917 - typer calls it, by name
    a: Side,
    b: Side,
    tolerance: Tolerance = 0.01,
    html: Html = None,
    as_json: Json = None,
    rows: Rows = 10,
) -> None:
    """Say what moved between two runs of a notebook.

    Ends with 0 when every finding is the same within the tolerance, 1 when one moved or stands on
    one side alone, 2 when the two cannot be compared or a file cannot be written.
    """
    from rich import box
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    from research.report.compare import compare as held_together
    from research.report.compare import tables
    from research.report.files import write_together
    from research.report.pages.theme import page

    found, console = held_together(a, b, tolerance=tolerance), Console()
    text = json.dumps(found.data(), indent=2, ensure_ascii=False, allow_nan=False) + "\n"
    files = {html: page("compare.html.j2", found=found, tables=tables(found, 200))} if html else {}
    files |= {as_json: text} if as_json and str(as_json) != "-" else {}
    try:
        for file, content in files.items():
            write_together({file: content})
    except RunError as error:  # Its exit code would say that something moved.
        raise InputError(error.summary, error.faults) from error
    if str(as_json) == "-":
        typer.echo(text, nl=False)
    else:
        console.print(Text(found.answer, "bold"))
        for letter, side in zip("AB", found.sides, strict=True):
            console.print(Text(f"{letter}: {side.name}, {side.about}"))
        for title, frame in tables(found, rows).items():
            table = Table(*frame, title=title, box=box.SIMPLE, pad_edge=False, title_justify="left")
            for row in frame.itertuples(index=False):
                table.add_row(*map(Text, row))
            console.print(table)
    raise typer.Exit(0 if found.within else 1)
