"""Errors that say what was asked, what was found and what to do, all faults at once."""

import difflib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

#: What a message holds: so many faults, the rest are counted, and so much text of each part.
MOST_FAULTS, MOST_CHARS = 40, 600


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that is wrong: where, what was asked for, what was found, what to do."""

    where: str
    asked: str
    found: str
    todo: str = ""

    def __str__(self) -> str:
        """Give the fault as one line; a long part is cut."""
        where, asked, found = map(_cut, (self.where, self.asked, self.found))
        line = f"{where}: asked for {asked}; found {found}."
        return f"{line} {self.todo}" if self.todo else line


def _cut(text: str) -> str:
    return text if len(text) <= MOST_CHARS else f"{text[:MOST_CHARS]}…"


class ResearchError(Exception):
    """A failure that a user can act on.

    ``faults`` are all that were found; of very many the message counts the rest.
    """

    exit_code = 1

    def __init__(self, summary: str, faults: Iterable[Fault] = ()) -> None:
        self.summary = summary
        self.faults: Sequence[Fault] = tuple(faults)
        lines = [f"  - {fault}" for fault in self.faults[:MOST_FAULTS]]
        more = len(self.faults) - MOST_FAULTS
        lines += [f"  - and {more} more of the kind"] if more > 0 else []
        super().__init__("\n".join([summary, *lines]))


class InputError(ResearchError, ValueError):
    """An argument or a parameter is not usable (exit code 2)."""

    exit_code = 2


class DataError(ResearchError):
    """A table on disk is missing, damaged or not what its sidecar says (exit code 3)."""

    exit_code = 3


class FetchError(ResearchError):
    """Live figures could not be brought in, or were not usable (exit code 4)."""

    exit_code = 4


class RunError(ResearchError):
    """A notebook did not run to its end (exit code 1)."""


def raise_if(error: type[ResearchError], summary: str, faults: Sequence[Fault]) -> None:
    """Raise ``error`` with all ``faults`` if there is at least one."""
    if faults:
        raise error(summary, faults)


def near(name: str, known: Iterable[str], cutoff: float = 0.6) -> str:
    """Ask about the nearest known name, if one is near."""
    found = difflib.get_close_matches(name, list(known), n=1, cutoff=cutoff)
    return f"Did you mean {found[0]}?" if found else ""


def nearest(name: str, known: Sequence[str]) -> str:
    """Say which known name is closest to a misspelt one, or list the known names."""
    more = ", ..." if len(known) > 12 else ""
    return near(name, known) or f"Known: {', '.join(known[:12])}{more}."
