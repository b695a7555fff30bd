"""What studies found of tariff pass-through, at the border and in shops."""

from __future__ import annotations

import pandas as pd
import pandera.pandas as pa

from research.data import schemas, tables
from research.data.identities import ranges_are_ordered
from research.data.tables import Check, Table, place
from research.errors import Fault

#: Stage -> what a share can be of there.
DEFINITIONS = {
    "border": ("duty in the price importers pay",),
    "retail": ("retail price over the tariff rate", "duty cost that consumers bear"),
}

#: What low and high of a row are.
INTERVALS = ("confidence 95 %", "confidence 90 %", "methods")

#: ``seen``: the passage of the source was read; ``secondary``: as another page tells it.
EVIDENCE = ("seen", "secondary")

_NAME = "tariffs/pass_through_literature"


def load_pass_through_literature() -> pd.DataFrame:
    """Load published shares of a duty that buyers pay.

    Returns
    -------
    One row per finding: ``study``, ``episode``, ``goods_of``, ``stage`` (border, retail),
    ``definition`` (of the share), ``low``, ``central``, ``high`` (shares, NaN where not given),
    ``interval`` (what low and high are, NaN for a point alone), ``horizon``, ``source``,
    ``evidence``, ``note``.

    Raises
    ------
    DataError
        If the table is not as compiled, a range is out of order, or a row has no figure.
    """
    return tables.load(LITERATURE).reset_index(drop=True)


def _schema() -> pa.DataFrameSchema:
    definitions = [one for stage in DEFINITIONS.values() for one in stage]
    return schemas.table(
        {
            "study": schemas.text(unique=True),
            "episode": schemas.text(),
            "goods_of": schemas.text(),
            "stage": schemas.text(one_of=DEFINITIONS),
            "definition": schemas.text(one_of=definitions),
        }
        | {name: schemas.number(-1, 3, blank=True) for name in ("low", "central", "high")}
        | {
            "interval": schemas.text(one_of=INTERVALS, blank=True),
            "horizon": schemas.text(),
            "source": schemas.text(),
            "evidence": schemas.text(one_of=EVIDENCE),
            "note": schemas.text(blank=True),
        }
    )


def _finding_faults(frame: pd.DataFrame) -> list[Fault]:
    """Ask for a figure in each row, for two ends that are named, and for shares of the stage."""
    faults = []
    for line, row in frame.iterrows():
        ends = row[["low", "high"]].notna()
        if not ends.any() and pd.isna(row["central"]):
            faults.append(Fault(place(_NAME, line), "a figure", "none"))
        if ends.any() and not ends.all():
            faults.append(Fault(place(_NAME, line), "both low and high, or neither", "one"))
        if ends.any() != isinstance(row["interval"], str):
            asked = "what low and high are" if ends.any() else "no interval without low and high"
            faults.append(Fault(place(_NAME, line, "interval"), asked, repr(row["interval"])))
        known = DEFINITIONS.get(row["stage"], ())
        if row["definition"] not in known:
            where = place(_NAME, line, "definition")
            asked = f"one of {', '.join(known)}, as the stage is"
            faults.append(Fault(where, asked, repr(row["definition"])))
    return faults


LITERATURE = Table(
    _NAME,
    _schema,
    (
        ranges_are_ordered(_NAME),
        Check("figures, ends and definitions of findings", _finding_faults),
    ),
)
TABLES = (LITERATURE,)
