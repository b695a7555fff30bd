"""``research compare``: two runs, or a run and stored outputs, held against each other."""

from pathlib import Path
from typing import Annotated

import typer

from research.errors import Fault, InputError, RunError, raise_if

Run = Annotated[str, typer.Argument(help="A run, a file of one, a notebook, or committed.")]
Share = Annotated[float, typer.Option(help="Largest change that counts as none, as a share.")]
Html = Annotated[Path | None, typer.Option(help="Write a page as well.")]
Json = Annotated[Path | None, typer.Option(help="Write all of it as JSON; - prints it alone.")]


def compare(a: Run, b: Run, tolerance: Share = 0.01, html: Html = None, json: Json = None) -> None:
    """Say what moved between two runs of a notebook.

    Ends with 0 when every finding is the same within the tolerance, 1 when one moved or stands on
    one side alone, 2 when the two cannot be compared or a file cannot be written.
    """
    from rich import box
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    from research.report import compare as held
    from research.report.files import write_together
    from research.report.pages.theme import page

    odd = [one for one in (html, json) if one and one.exists() and not one.is_file()]
    faults = [Fault(str(x), "a file", "a folder, a device or a pipe") for x in odd]
    raise_if(InputError, "What stands there would be replaced.", faults)
    found, console = held.compare(a, b, tolerance=tolerance), Console()
    text = page("compare.html.j2", found=found, tables=held.tables(found, 200))
    is_printed, told = json == Path("-"), found.json()
    try:
        for file, content in ((html, text), (None if is_printed else json, told)):
            if file:
                write_together({file: content})
    except RunError as error:  # Its exit code would say that something moved.
        raise InputError(error.summary, error.faults) from error
    if is_printed:
        typer.echo(told, nl=False)
        raise typer.Exit(not found.within)
    names = (f"{letter}: {side.name}" for letter, side in zip("AB", found.sides, strict=True))
    console.print(Text("\n".join([found.answer, *names])))
    for title, (heads, rows) in held.tables(found, 10).items():
        table = Table(*heads, title=title, box=box.SIMPLE, pad_edge=False, title_justify="left")
        for row in rows:
            table.add_row(*map(Text, row))
        console.print(table)
    raise typer.Exit(not found.within)
