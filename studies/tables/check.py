"""Holds the bundled tables against each other, calendars and printed levels, by name of the check.

`python -m studies.tables.check` prints what is wrong. A table is sealed by its digest, so that
this need be asked only after a change on purpose; a test asks it as well.
"""

from __future__ import annotations

from collections.abc import Callable

import pandas as pd

from research.data import catalog
from research.data.content import place
from research.data.tables import examine
from research.errors import DataError, Fault
from studies.tables import claims, jobs, market, tariffs


def low_central_high_rise(frame: pd.DataFrame, name: str) -> list[Fault]:
    """Ask for low <= central <= high in each row; a blank is compared with nothing."""
    return [
        Fault(
            place(name, line, second),
            f"at least {frame.at[line, first]:g}, the {first}",
            f"{frame.at[line, second]:g}",
        )
        for first, second in (("low", "central"), ("central", "high"), ("low", "high"))
        for line in frame.index[frame[first] > frame[second]]
    ]


def check_named(name: str) -> Callable[[pd.DataFrame, str], list[Fault]]:
    """Find the check that a sidecar names; it takes a frame by line and the table's name."""
    own = {"low_central_high_rise": low_central_high_rise}
    homes = [vars(home) for home in (claims, market, jobs, tariffs)]
    return next(home[name] for home in [own, *homes] if name in home)


def faults_of(name: str) -> list[Fault]:
    """Find everything that is wrong with a table; what its sidecar rules out comes first."""
    frame, faults = examine(name)
    for check in catalog.sidecar(name).checks if frame is not None else ():
        try:
            faults += check_named(check)(frame, name)
        except DataError as partner:
            faults += partner.faults
    return faults


if __name__ == "__main__":
    found = [str(fault) for name in catalog.names() for fault in faults_of(name)]
    print(*dict.fromkeys(found or ["All tables agree."]), sep="\n")
