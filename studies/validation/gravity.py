"""Gravity: the panels of the guide of WTO and UNCTAD through the project's PPML."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd

from studies.gravity import estimate_elasticity, ppml, usual_effects

#: A trade agreement in force, and what it adds after 3, 6 and 9 years.
AGREEMENTS = ["RTA", "RTA_LAG3", "RTA_LAG6", "RTA_LAG9"]


def wto_guide(folder: Path | None) -> dict[str, float]:
    """Estimate the effect of tariffs and agreements by year, and of distance in 2006."""
    assert folder is not None
    panel = pd.read_stata(folder / "Chapter1Exercise2.dta")
    # Blank at home only, where there is no tariff.
    home = panel["exporter"] == panel["importer"]
    panel["rate"] = panel["MFN_TARIFF"].where(~home, 0.0)
    tariff = estimate_elasticity(
        panel, valuation="customs_value", rate="rate", flow="trade", controls=AGREEMENTS
    )
    agreements = ppml(panel, flow="trade", regressors=AGREEMENTS, effects=usual_effects(panel))
    year = pd.read_stata(folder / "Chapter2Application1.dta").query("year == 2006")
    year = year.assign(
        ln_distance=np.log(year["DIST"]), border=(year["exporter"] != year["importer"]) * 1.0
    )
    distance = ppml(
        year,
        flow="trade",
        regressors=["ln_distance", "CNTG", "border"],
        effects=[["exporter"], ["importer"]],
    )
    return {
        "tariff": tariff.coefficient,
        "tariff_se": tariff.se,
        "rows": tariff.n,
        **agreements.table["coefficient"].rename(str.lower),
        **distance.table["coefficient"].rename({"CNTG": "contiguity"}),
    }
