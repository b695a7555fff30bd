"""The ``research`` command: parse, call, print."""

import sys

from research.cli.unchanged import remembered, state


def main() -> None:
    """Run the command; a `ResearchError` ends it with its message and exit code."""
    told = remembered(state(sys.argv[1:])) if sys.argv[1:2] == ["run"] else None
    if told is not None:
        print(told)
        return
    from research.cli.commands import run_command

    run_command()
