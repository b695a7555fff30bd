"""Progress of the runs on the terminal: one bar each, with the running cell."""

from __future__ import annotations

import os
from collections.abc import Sequence
from types import TracebackType

from rich import progress as bars
from rich.console import Console

from research.reports.build import Outcome
from research.reports.execute import Step
from research.reports.files import run_files
from research.reports.plan import Request
from research.reports.status import describe_error

#: How many reasons are written out behind a report that was built; the rest are counted.
_REASONS_SHOWN = 3


class Progress:
    """Shows the runs while they work, and says one line when each ends.

    Parameters
    ----------
    requests
        The runs, in the order they are shown.
    """

    def __init__(self, requests: Sequence[Request]) -> None:
        self._console = Console(stderr=True)
        # Headings come from notebooks: as markup they could hide or colour what follows.
        self._bars = bars.Progress(
            bars.SpinnerColumn(),
            bars.TextColumn("{task.description}", markup=False),
            bars.BarColumn(bar_width=20),
            bars.TextColumn("{task.fields[place]}", markup=False),
            bars.TimeElapsedColumn(),
            console=self._console,
            transient=True,
            disable=not self._console.is_terminal,
        )
        self._tasks = {
            request.run: self._bars.add_task(request.run, total=None, start=False, place="waits")
            for request in requests
        }

    def __enter__(self) -> Progress:
        """Start showing."""
        self._bars.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Stop showing."""
        self._bars.stop()

    def say(self, text: str) -> None:
        """Print a line above the bars, as it is."""
        self._console.print(text, markup=False, highlight=False, soft_wrap=True)

    def listen(self, run: str, news: Step | Outcome) -> None:
        """Show a cell that starts, or how a run ended."""
        task = self._tasks[run]
        if isinstance(news, Outcome):
            self._bars.remove_task(task)
            self.say(ending(news))
            return
        if not self._bars.tasks[self._bars.task_ids.index(task)].started:
            self._bars.start_task(task)
        place = f"cell {news.cell}/{news.cells} {news.heading or ''}"
        self._bars.update(task, total=news.cells, completed=max(news.cell - 1, 0), place=place)


def _first(reasons: Sequence[str]) -> str:
    more = len(reasons) - _REASONS_SHOWN
    shown = "; ".join(reasons[:_REASONS_SHOWN])
    return f"{shown}; and {more} more" if more > 0 else shown


def ending(outcome: Outcome) -> str:
    """Say in words how a run ended, where its report is and what to do after a failure."""
    files = run_files(outcome.run)
    report = os.path.relpath(files.report)
    if outcome.state == "fresh":
        return f"up to date  {report}"
    why = _first(outcome.reasons)
    if outcome.state == "built":
        return f"built       {report} in {outcome.seconds:.1f} s ({why})"
    lines = [f"FAILED      {outcome.run}: {describe_error(outcome.error or {})}"]
    if files.failed_notebook.is_file():
        lines.append(f"            as far as it came: {os.path.relpath(files.failed_notebook)}")
    if files.report.is_file():
        lines.append(f"            the last good report stays: {report}")
    return "\n".join(lines)
