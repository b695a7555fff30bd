"""Hypotheses that name an event, a group and a direction, tested as a family of their own."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from research.errors import Fault, InputError, raise_if
from research.events.models import Array
from research.events.results import EventStudy
from research.events.tests import adjusted

_ASKED = ["event_id", "group"]


def stated_signs(stated: pd.DataFrame) -> Array:
    """Give the stated directions as 1 and -1; all others, and rows given twice, in one error."""
    sign: Array = stated["expected_sign"].map({"+": 1.0, "-": -1.0}).to_numpy(float)
    rows = stated[["group", *stated.columns.intersection(["event_id", "date"])]]
    wrong = {"+ or -": np.isnan(sign), "one row": rows.duplicated().to_numpy()}
    faults = [
        Fault(", ".join(map(str, row)), asked, repr(given) if asked == "+ or -" else "another")
        for asked, bad in wrong.items()
        for row, given in zip(
            rows[bad].itertuples(index=False), stated.loc[bad, "expected_sign"], strict=True
        )
    ]
    raise_if(InputError, "The hypotheses cannot be tested.", faults)
    return sign


def stated_directions(
    study: EventStudy, stated: pd.DataFrame, window: Sequence[int] | None = None
) -> pd.DataFrame:
    """Ask of each event and group whether the portfolio t is large in the stated direction s.

    ``p = P(T >= s t)`` by Student's t. Holm's correction takes the rows as the family and holds for
    any dependence between them (Holm 1979, Scandinavian J. Statistics 6, 65-70); what ranks say of
    the same rows is `research.events.chance.stand_out`.

    ``stated`` are rows of deal/hypotheses; another sign than + or -, and a row given twice, are an
    `InputError`.

    Table: ``stated`` with n, caar (fraction), date, portfolio_t, df, pvalue, holm_pvalue; NaN where
    the study lacks the event.
    """
    keys, sign = pd.MultiIndex.from_frame(stated[_ASKED]), stated_signs(stated)
    tests = study.tests(window).query("test == 'portfolio_t'").set_index(_ASKED).reindex(keys)
    dates = study.summary(window)["date"].reindex(keys)
    t, two_sided = tests["statistic"].to_numpy(), tests["pvalue"].to_numpy()
    out = stated.assign(
        n=tests["n"].to_numpy(),
        caar=tests["mean"].to_numpy(),
        date=dates.to_numpy(),
        portfolio_t=t,
        df=tests["df"].to_numpy(),
        pvalue=np.where(sign * t > 0, two_sided, 2 - two_sided) / 2,
    )
    out["holm_pvalue"] = adjusted(out["pvalue"])["holm_pvalue"]
    return out
