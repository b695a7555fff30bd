"""Random tables to compute with, which balance by construction."""

import numpy as np
import pandas as pd
from hypothesis import settings

from research.jobs.accounts import io_table
from research.jobs.ladder import load_ladder
from research.jobs.states import quotients

#: For properties whose every example inverts tables.
FEW = settings(max_examples=25)


def random_parts(n_industries, n_commodities, seed, *, scrap=True):
    """Draw the arguments of `io_table`; the last commodity is scrap, made by every industry."""
    rng = np.random.default_rng(seed)
    industries = [f"i{k}" for k in range(n_industries)]
    commodities = [f"c{k}" for k in range(n_commodities)]
    make = rng.gamma(0.5, 1.0, (n_industries, n_commodities)) + 0.01
    make[range(n_industries), np.arange(n_industries) % n_commodities] += 50
    if scrap:
        make[:, -1] = 0.2
    g, q = make.sum(axis=1), make.sum(axis=0)
    inputs = rng.dirichlet(np.full(n_commodities, 0.5), n_industries).T
    use = inputs * rng.uniform(0.2, 0.8, n_industries) * g
    imports = use * rng.uniform(0, 0.4, (n_commodities, 1))
    final_share = rng.uniform(0, 0.4, n_commodities)
    home = (q - use.sum(axis=1) + imports.sum(axis=1)) / (1 - final_share)
    split = rng.uniform(0.2, 0.8, n_commodities)
    final = np.c_[split * home, (1 - split) * home]
    imported_final = final * final_share[:, None]
    all_imports = imports.sum(axis=1) + imported_final.sum(axis=1)
    pay = rng.uniform(0.3, 0.9, n_industries) * (g - use.sum(axis=0))
    frame = pd.DataFrame
    categories = ["F010", "F040", "F050"]
    return {
        "make": frame(make, industries, commodities),
        "use": frame(use, commodities, industries),
        "value_added": frame([pay, g - use.sum(axis=0) - pay], ["V001", "V003"], industries),
        "final_demand": frame(np.c_[final, -all_imports], commodities, categories),
        "imports": frame(imports, commodities, industries),
        "imported_final_demand": frame(
            np.c_[imported_final, -all_imports], commodities, categories
        ),
        "scrap": commodities[-1:] if scrap else [],
        "tolerance_musd": 1e-9 * g.sum(),
    }


def random_table(n_industries=6, n_commodities=8, seed=1, *, scrap=True):
    return io_table(**random_parts(n_industries, n_commodities, seed, scrap=scrap))


def rungs(n=1, **changed):
    """Give the central rungs, some of them changed, as many draws as asked."""
    values = load_ladder().central() | changed
    return {name: np.broadcast_to(np.asarray(value, float), n) for name, value in values.items()}


def labelled_quotients(jobs, method, delta):
    """Quotients with their labels: SLQ industry x state, others (state, industry) x industry."""
    stack = quotients(jobs.to_numpy(float), method, delta)
    if method == "SLQ":
        return pd.DataFrame(stack[:, :, 0].T, jobs.index, jobs.columns)
    rows = pd.MultiIndex.from_product([jobs.columns, jobs.index])
    return pd.DataFrame(stack.reshape(-1, len(jobs)), rows, jobs.index)
