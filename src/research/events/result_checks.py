"""Checks of what an `EventStudy` is asked for: groups of assets and the level of a band."""

from __future__ import annotations

import numpy as np
import pandas as pd

from research.errors import Fault, InputError
from research.events.checks import is_label


def check_level(level: object) -> None:
    """Refuse a level of confidence that is no share of one.

    Raises
    ------
    InputError
        If ``level`` is not a number between 0 and 1, both excluded.
    """
    if isinstance(level, float | np.floating) and 0 < level < 1:
        return
    fault = Fault("level", "a number between 0 and 1", repr(level), "Give 0.95 for 95 %.")
    raise InputError("A band needs a level of confidence.", [fault])


def check_groups(groups: pd.Series | None, assets: pd.Index) -> None:
    """Refuse groups that cannot be told apart, or that hold no asset of the study.

    Parameters
    ----------
    groups
        Group of each asset (index: assets); ``None`` is no fault.
    assets
        Assets that the study was asked for.

    Raises
    ------
    InputError
        If ``groups`` is no Series of names, names an asset twice, or none of ``assets``.
    """
    found = None if groups is None else _fault_of_groups(groups, assets)
    if found is not None:
        raise InputError("These groups cannot be tested.", [found])


def _fault_of_groups(groups: object, assets: pd.Index) -> Fault | None:
    asked = "a Series of group names indexed by asset, each once"
    if not isinstance(groups, pd.Series):
        return Fault("groups", asked, type(groups).__name__)
    if groups.index.has_duplicates:
        twice = groups.index[groups.index.duplicated()][0]
        return Fault("groups", asked, f"{twice} twice", "A share in two groups needs two calls.")
    odd = [(asset, name) for asset, name in groups.items() if not is_label(name)]
    if odd:
        asset, name = odd[0]
        return Fault(f"groups[{asset!r}]", "the name of a group", repr(name))
    if not groups.reindex(assets.unique()).notna().any():
        asked = f"a group of at least one asset of the study, for example {assets[0]}"
        return Fault("groups", asked, f"{len(groups)} rows, none of them for such an asset")
    return None
