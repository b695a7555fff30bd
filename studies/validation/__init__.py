"""How each published case is computed: its title, its function, whether a clone has its inputs.

A function takes the folder of the study's own files, or ``None`` for the bundled tables, and gives
a number for each quantity of its case in ``validation/targets``. A table printed as a whole counts
as one quantity: the largest gap of its cells.
"""

from __future__ import annotations

from research.report.validation import Case
from studies.validation import gravity, input_output, market, regressions, tariffs, worlds

CASES = {
    "bea1997": Case("Total requirements of the United States, 1997", input_output.bea1997),
    "miller_blair": Case("Two-sector example of Miller and Blair", input_output.miller_blair),
    "gsim": Case("GSIM, example of four regions", tariffs.gsim_example),
    "nist_norris": Case("Certified regression of one factor", regressions.norris),
    "nist_longley": Case("Certified regression of six factors", regressions.longley),
    "grunfeld": Case("Regression of Grunfeld's panel", regressions.grunfeld),
    "japan_rate": Case("Average US tariff on Japan", tariffs.japan_rate),
    "press_moves": Case("Market moves as the press printed them", market.press_moves),
    "wto_guide": Case("Gravity in the guide of WTO and UNCTAD", gravity.wto_guide, bundled=False),
    "cp2015": Case("Caliendo and Parro (2015)", worlds.cp2015, bundled=False),
    "ilms2025": Case("Ignatenko and others (2025)", worlds.ilms2025, bundled=False),
}
