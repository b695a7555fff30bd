"""How each published case is computed: its title, its function, whether a clone has its inputs.

A function takes the folder of the study's own files, or ``None`` for the bundled tables, and gives
a number for each quantity of its case in ``validation/targets``. A table printed as a whole counts
as one quantity: the largest gap of its cells.
"""

from __future__ import annotations

from studies.validation import gravity, input_output, market, regressions, tariffs, worlds
from studies.validation.published import Case

CASES = {
    "bea1997": Case("BEA: total requirements of 1997", input_output.bea1997),
    "miller_blair": Case("Two-sector example of Miller and Blair", input_output.miller_blair),
    "gsim": Case("Francois and Hall (2003): GSIM of four regions", tariffs.gsim_example),
    "nist_norris": Case("NIST Norris: regression of one factor", regressions.norris),
    "nist_longley": Case("NIST Longley: regression of six factors", regressions.longley),
    "grunfeld": Case("Regression of Grunfeld's panel", regressions.grunfeld),
    "japan_rate": Case("Average US tariff on Japan", tariffs.japan_rate),
    "press_moves": Case("Market moves as the press printed them", market.press_moves),
    "wto_guide": Case("Gravity in the guide of WTO and UNCTAD", gravity.wto_guide, bundled=False),
    "cp2015": Case("Caliendo and Parro (2015)", worlds.cp2015, bundled=False),
    "ilms2025": Case(
        "Ignatenko and others (2025)",
        worlds.ilms2025,
        bundled=False,
        note="By the wage after tax, for which labour is chosen, the same equilibrium gives "
        "{after_tax:.2f} % in place of {welfare:.2f}; by equivalent variation it gives "
        "{equivalent:.2f} % of income.",
    ),
}

#: What stands on the page of cases that nobody can compute here.
OPEN = """\
## Open: no event study in print

No abnormal return or test of a published event study stands here. MacKinlay (1997), Campbell, Lo
and MacKinlay (1997) and Brown and Warner (1985) print theirs on returns of CRSP, which are
licensed; the R package estudy2 prints its tables on quotes from the web, which it may revise. What
stands instead: the regressions above, examples worked in exact fractions, tests against their
formulas as published, and rates of rejection on simulated and on quiet days (`tests/events`).
"""
