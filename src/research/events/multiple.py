"""p-values adjusted for the number of questions asked."""

from __future__ import annotations

import pandas as pd

_METHODS = {"holm_pvalue": "holm", "bh_pvalue": "fdr_bh"}


def adjusted(pvalues: pd.Series) -> pd.DataFrame:
    """Adjust a family of p-values for their number.

    Holm controls the chance of one false finding, Benjamini-Hochberg the share of them. A missing
    p-value is no member of the family and stays missing.

    Returns
    -------
    pandas.DataFrame
        Index of ``pvalues``; holm_pvalue, bh_pvalue.

    References
    ----------
    Holm (1979), Scandinavian J. Statistics 6, 65-70; Benjamini and Hochberg (1995), J. Royal
    Statistical Society B 57, 289-300.
    """
    from statsmodels.stats.multitest import multipletests

    family = pvalues.notna().to_numpy()
    out = pd.DataFrame(float("nan"), index=pvalues.index, columns=list(_METHODS))
    if family.any():
        for column, method in _METHODS.items():
            out.loc[family, column] = multipletests(pvalues[family], method=method)[1]
    return out
