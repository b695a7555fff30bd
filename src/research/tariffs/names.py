"""Words of the tariff notebook for codes of the tables."""

from __future__ import annotations

from collections.abc import Mapping

#: Sets of elasticities, as `research.tariffs.elasticities.elasticity_sets`, in words.
SET_NAMES: Mapping[str, str] = {
    "cp_used": "Caliendo-Parro as used",
    "cp_estimated": "Caliendo-Parro re-estimated",
    "ilms": "Ignatenko and others",
    "boehm_short": "Boehm and others one year",
    "boehm_long_low": "Boehm and others long run low",
    "boehm_long_high": "Boehm and others long run high",
    "fontagne": "Fontagne and others",
    "wto": "WTO guide",
    "wits": "WITS-SMART default",
    "mixture": "all sets mixed",
}
