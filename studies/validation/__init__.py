"""How each published case is computed: its title, its function, whether a clone has its inputs.

A function takes the folder of the study's own files, or ``None`` for the bundled tables, and gives
a number for each quantity of its case in ``validation/targets``. A table printed as a whole counts
as one quantity: the largest gap of its cells.
"""

from __future__ import annotations

from research.report.validation import Case

CASES = {
    "bea1997": Case(
        "Total requirements of the United States, 1997",
        "studies.validation.input_output:bea1997",
    ),
    "miller_blair": Case(
        "Two-sector example of Miller and Blair", "studies.validation.input_output:miller_blair"
    ),
    "gsim": Case("GSIM, example of four regions", "studies.validation.tariffs:gsim_example"),
    "nist_norris": Case(
        "Certified regression of one factor", "studies.validation.regressions:norris"
    ),
    "nist_longley": Case(
        "Certified regression of six factors", "studies.validation.regressions:longley"
    ),
    "grunfeld": Case("Regression of Grunfeld's panel", "studies.validation.regressions:grunfeld"),
    "japan_rate": Case("Average US tariff on Japan", "studies.validation.tariffs:japan_rate"),
    "press_moves": Case(
        "Market moves as the press printed them", "studies.validation.market:press_moves"
    ),
    "wto_guide": Case(
        "Gravity in the guide of WTO and UNCTAD", "studies.validation.gravity:wto_guide", False
    ),
    "cp2015": Case("Caliendo and Parro (2015)", "studies.validation.worlds:cp2015", False),
    "ilms2025": Case("Ignatenko and others (2025)", "studies.validation.worlds:ilms2025", False),
}
