"""Runs every benchmark and prints a table."""

from __future__ import annotations

from rich.console import Console
from rich.table import Table

from benchmarks import batches
from benchmarks.event_study import rows


def main() -> None:
    """Print one row a benchmark, median seconds and the ratio to the baseline, then batches."""
    table = Table(title="Medians of this run; machines are noisy, compare the ratios")
    for heading in ("what", "events", "seconds", "per event, microseconds", "baseline / ours"):
        table.add_column(heading, justify="left" if heading == "what" else "right")
    for row in rows():
        table.add_row(*row)
    Console().print(table)
    batches.main([])


if __name__ == "__main__":
    main()
