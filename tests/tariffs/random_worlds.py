"""Random worlds of any size: trade, rates and input shares that leave final demand."""

import numpy as np
import pandas as pd


def flows(n, seed, *, balanced=False):
    """Exporter x importer with large domestic sales; a symmetric matrix has no deficits."""
    rng = np.random.default_rng(seed)
    names = [f"c{k}" for k in range(n)]
    x = rng.gamma(1, 1, (n, n)) + 0.05 + np.diag(rng.gamma(3, 1, n) * n)
    return pd.DataFrame(x + x.T if balanced else x, names, names)


def rates(like, seed, top=0.3):
    """Give rates between zero and ``top``, none on own goods."""
    rng = np.random.default_rng(seed)
    own = np.equal.outer(like.index.get_level_values(-1), like.columns)
    values = np.where(own, 0, rng.uniform(0, top, like.shape))
    return pd.DataFrame(values, like.index, like.columns)


def sector_flows(n_sectors, n, seed, *, balanced=False):
    return pd.concat(
        {f"s{k}": flows(n, seed + 1000 * k, balanced=balanced) for k in range(n_sectors)}
    )


def inputs(trade, seed, most=0.6):
    """Give input shares below what each country buys of each sector, and below output."""
    rng = np.random.default_rng(seed)
    sectors, countries = trade.index.get_level_values(0).unique(), trade.columns
    s, n = len(sectors), len(countries)
    x = trade.to_numpy().reshape(s, n, n)
    shares = rng.dirichlet(np.ones(s), (n, s)).transpose(0, 2, 1) * rng.uniform(0.1, 0.6, (n, 1, s))
    need = np.einsum("nks,sn->kn", shares, x.sum(axis=2))
    shares *= np.minimum(1, most * x.sum(axis=1) / need).T[:, :, None]
    rows = pd.MultiIndex.from_product([countries, sectors])
    return pd.DataFrame(shares.reshape(n * s, s), rows, sectors)
