"""What a world must be before its equilibrium is solved: every fault as a line."""

from __future__ import annotations

import numpy as np
import pandas as pd

from research.errors import Fault
from research.labels import cell_faults, frame_faults
from research.tariffs.hat_options import is_number
from research.values import brief

#: A rate above this is more likely a per cent than a share.
HIGHEST_RATE_SHARE = 2.0


def flow_faults(flows_musd: object) -> list[Fault]:
    """List why the flows are not finite figures of zero or more with the same countries twice."""
    where = "flows_musd"
    if not isinstance(flows_musd, pd.DataFrame):
        return frame_faults(flows_musd, where)
    rows, whole = flows_musd.index, None
    exporters = rows.get_level_values(-1).unique()
    if isinstance(rows, pd.MultiIndex):
        whole = pd.MultiIndex.from_product([rows.get_level_values(0).unique(), exporters])
    faults = frame_faults(flows_musd, where, whole, exporters, at_least=0)
    if len(flows_musd.columns) < 2:
        faults.append(Fault(where, "at least two countries", str(len(flows_musd.columns))))
    return faults


def rates_faults(
    old: object, new: object, flows_musd: pd.DataFrame, highest_rate_share: float
) -> list[Fault]:
    """List rates that are not shares, stand on a country's own goods, or are unlikely high."""
    faults = _highest_faults(highest_rate_share)
    highest = np.inf if faults else float(highest_rate_share)
    return [
        *faults,
        *_rate_faults(old, flows_musd, "old_rate_share", highest),
        *_rate_faults(new, flows_musd, "new_rate_share", highest),
    ]


def _highest_faults(highest_rate_share: object) -> list[Fault]:
    """List why the highest rate is no finite number above zero."""
    if is_number(highest_rate_share) and highest_rate_share > 0:
        return []
    asked = "a finite rate above 0, as a share"
    return [Fault("highest_rate_share", asked, brief(highest_rate_share))]


def _rate_faults(
    values: object, flows_musd: pd.DataFrame, where: str, highest_rate_share: float
) -> list[Fault]:
    faults = frame_faults(values, where, *flows_musd.axes)
    if faults or not isinstance(values, pd.DataFrame):
        return faults
    own = np.equal.outer(values.index.get_level_values(-1), values.columns).astype(bool)
    top = f"rates as shares of at most {highest_rate_share:g}"
    todo = "Write 15 % as 0.15; a rate that is truly so high needs a higher highest_rate_share."
    return [
        *cell_faults(values, values > highest_rate_share, where, top, todo),
        *cell_faults(values, values < 0, where, "rates of zero or more"),
        *cell_faults(values, own & (values != 0), where, "no rate on a country's own goods"),
    ]


def theta_faults(theta: object) -> list[Fault]:
    """List why ``theta`` is not a share elasticity above zero."""
    good = is_number(theta) and theta > 0
    todo = "Give the elasticity of shares: the Armington sigma minus one."
    return [] if good else [Fault("theta", "a share elasticity above 0", brief(theta), todo)]
