"""Supply-side and mixed models: what follows when inputs, not demand, are given."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from research.errors import Fault, InputError, raise_if
from research.jobs.io_table import IOTable
from research.jobs.requirements import Requirements, requirements
from research.labels import series_faults


@dataclass(frozen=True, eq=False, slots=True)
class Ghosh:
    """Where output goes, and what output rests on a dollar of primary inputs.

    Attributes
    ----------
    allocation
        Industry x industry: share of the row's output that the column takes.
    inverse
        G = ``(I - allocation)^-1``: output of the column per dollar of primary inputs of the row.
    primary_inputs_musd
        v, by industry: output less inputs from industries (value added, imports, scrap).
    """

    allocation: pd.DataFrame
    inverse: pd.DataFrame
    primary_inputs_musd: pd.Series

    def output(self, primary_inputs_musd: pd.Series) -> pd.Series:
        """Compute ``x' = v' G``, USD million by industry.

        Raises
        ------
        InputError
            If the inputs are not labelled by the industries.
        """
        industries = self.inverse.index
        faults = series_faults(primary_inputs_musd, "primary_inputs_musd", industries)
        raise_if(InputError, "Output cannot be computed.", faults)
        return primary_inputs_musd.reindex(industries) @ self.inverse


def ghosh(table: IOTable, *, domestic: bool) -> Ghosh:
    """Compute the supply-driven model of Ghosh (1958), *Economica* 25, 58-64.

    With x output and A the direct requirements between industries, the allocation is
    ``x^-1 A x`` and ``x' = v' (I - allocation)^-1``. As a quantity model it lets output grow from
    any one input alone; read as a price model it tells what a dearer input adds to the value of
    output (Dietzenbacher 1997, *J. Regional Science* 37, 629-651).

    Raises
    ------
    InputError
        As `research.jobs.requirements.requirements`.
    """
    need = requirements(table, domestic=domestic)
    x = table.industry_output
    A = need.industry_direct
    return Ghosh(
        allocation=A.mul(x, axis=1).div(x, axis=0),
        # Similar matrices: x^-1 (I - A)^-1 x.
        inverse=need.industry_by_industry.mul(x, axis=1).div(x, axis=0),
        primary_inputs_musd=(x - A.mul(x, axis=1).sum()).rename("primary_inputs_musd"),
    )


def capped(need: Requirements, final_demand: pd.Series, fixed_output: pd.Series) -> pd.DataFrame:
    """Compute output when some industries cannot produce more than a given amount.

    Mixed model: with f the demand for output of industries (``W`` times final demand), k the
    capped and n the other industries,

    ``x_n = (I - A_nn)^-1 (f_n + A_nk x_k)`` and ``f_k = x_k - A_kk x_k - A_kn x_n``:

    capped industries serve other industries first and deliver the rest to final buyers.
    Source: Miller and Blair, *Input-Output Analysis*, 2nd ed., section 13.2.

    Parameters
    ----------
    need
        Requirements.
    final_demand
        Commodity -> USD million; commodities that are not named are not bought.
    fixed_output
        Industry -> USD million, for the capped industries alone.

    Returns
    -------
    pandas.DataFrame
        Index industry: output_musd, demand_musd (asked by final buyers), delivered_musd (to final
        buyers; negative if even industries are not served), unmet_musd = demand - delivered,
        capped (bool).

    Raises
    ------
    InputError
        If labels are unknown, output is negative, or every industry is capped.
    """
    A = need.industry_direct
    _check_capped(need, final_demand, fixed_output)
    demand = need.market_shares @ final_demand.reindex(need.direct.index, fill_value=0.0)
    is_capped = A.index.isin(fixed_output.index)
    a, f = A.to_numpy(), demand.to_numpy()
    n, k = np.flatnonzero(~is_capped), np.flatnonzero(is_capped)
    x = fixed_output.reindex(A.index).to_numpy(dtype=float, copy=True)
    x[n] = np.linalg.solve(np.eye(len(n)) - a[np.ix_(n, n)], f[n] + a[np.ix_(n, k)] @ x[k])
    delivered = x - a @ x
    delivered[n] = f[n]
    columns = {
        "output_musd": x,
        "demand_musd": f,
        "delivered_musd": delivered,
        "unmet_musd": f - delivered,
        "capped": is_capped,
    }
    return pd.DataFrame(columns, index=A.index)


def _check_capped(need: Requirements, final_demand: object, fixed_output: object) -> None:
    industries, commodities = need.direct.columns, need.direct.index
    faults = [
        *series_faults(final_demand, "final_demand", commodities, whole=False),
        *series_faults(fixed_output, "fixed_output", industries, whole=False, at_least=0),
    ]
    if isinstance(fixed_output, pd.Series) and industries.isin(fixed_output.index).all():
        faults.append(Fault("fixed_output", "an industry that is free", "all of them capped"))
    raise_if(InputError, "The model with capped industries cannot be solved.", faults)
