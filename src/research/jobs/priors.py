"""How far the answer depends on what is believed: named priors, and the line of break-even.

Nearly every rung is an assumption, so a share of draws is no chance: it is what one set of beliefs
implies. Several stand beside each other, and the shares selected and new are left to the reader.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd

from research.data import load_table
from research.jobs.ladder import OWN, Ladder
from research.jobs.model import JobsModel, run
from research.jobs.projects import REST_RULES, Array
from research.jobs.results import INTERVAL
from research.jobs.spending import selected_shares, turns

#: Jobs that "hundreds of thousands" begins with, and what it says word for word.
TARGET, PLURAL = 100_000, 200_000

#: Study of the share of decisions that an incentive tips, a row of jobs/jobs_literature.
TIPPED = "Bartik (2018)"

#: Per cent of draws below a quantile: each is a column of `by_prior`.
PERCENTS = tuple(range(1, 100))

_PAID = {"selected_share": 1.0, "financed_share": 1.0}
_NEW = _PAID | {"additional_share": 1.0}

#: Sets of beliefs: what each changes of the ladder (``rungs``: low and high, or their study).
PRIORS: Mapping[str, Mapping[str, Any]] = {
    "the ranges as they stand": {},
    "all within a range as likely": {"weight": 0.0},
    "selected and paid go together": {"together": _PAID},
    "selected, paid and new go together": {"together": _NEW},
    "these three together, all as likely": {"together": _NEW, "weight": 0.0},
    "new money as incentives tip it": {"rungs": {"additional_share": TIPPED}},
    "no builder is free": {"rungs": {"trades_slack_share": (0.0, 0.0)}},
    "1 % of builders are free": {"rungs": {"trades_slack_share": (0.01, 0.01)}},
    "no more displaced in later years": {"rungs": {"crowding_rise_share": (0.0, 0.0)}},
}


def believed(ladder: Ladder, prior: str) -> Ladder:
    """Change a ladder to one of the `PRIORS`; the middle of a range is as likely as any."""
    change = dict(PRIORS[prior])
    table = ladder.table.copy()
    for name, figures in change.pop("rungs", {}).items():
        studies = load_table("jobs/jobs_literature").set_index("study")
        low, high = studies.loc[TIPPED, ["low", "high"]] if figures == TIPPED else figures
        table.loc[name, ["low", "central", "high"]] = low, (low + high) / 2, high
    return replace(ladder, table=table, **change)


def applies(ladder: Ladder, prior: str) -> bool:
    """Say whether a prior leaves alone what the caller set, and moves what can move."""
    change = PRIORS[prior]
    given = any(ladder.table.at[name, "source"] == OWN for name in change.get("rungs", {}))
    return not given and set(change.get("together", {})) <= set(ladder.varying)


def by_prior(model: JobsModel, ladder: Ladder, *, draws: int, seed: int) -> pd.DataFrame:
    """Compare what each of the `PRIORS` that `applies` implies, with the same random numbers.

    Index prior: net, net_low, net_high (jobs in a mean year: mean and the ends of 90 % of draws),
    best (gross jobs of the best year, mean), reached_pct and plural_pct (share of draws in which
    those are at least `TARGET` and `PLURAL`, per cent), and `PERCENTS`, the quantiles of best.
    """
    rows = {}
    for prior in (one for one in PRIORS if applies(ladder, one)):
        rungs = believed(ladder, prior).draw(draws, np.random.default_rng(seed))
        found = run(model, rungs, places=False)
        net, best = found.mean_net(), found.peak_gross()
        low, high = np.quantile(net, INTERVAL)
        reached = [100 * (best >= target).mean() for target in (TARGET, PLURAL)]
        quantiles = np.quantile(best, np.array(PERCENTS) / 100)
        rows[prior] = (net.mean(), low, high, best.mean(), *reached, *quantiles)
    columns = ["net", "net_low", "net_high", "best", "reached_pct", "plural_pct", *PERCENTS]
    return pd.DataFrame.from_dict(rows, orient="index", columns=columns).rename_axis("prior")


def _in_full(model: JobsModel, turn: int) -> JobsModel:
    """Take the lines of one of the `turns` in full, and nothing of the others."""
    lines = model.projects.lines
    amounts = lines.columns.intersection(["amount_bn_usd", *REST_RULES])
    lines = lines.assign(**lines[amounts].mul(turns(model) == turn, axis=0))
    return replace(model, projects=replace(model.projects, lines=lines, scenario="in full"))


def break_even(
    model: JobsModel,
    rungs: Mapping[str, Array],
    *,
    selected: Sequence[float],
    targets: Sequence[float] = (TARGET,),
) -> pd.DataFrame:
    """Find what share of the money must be new for a number of gross jobs in the best year.

    Gross jobs are proportional to the share that is new: with G(s) those of the best year when the
    share s is selected and all of it is new, ``G(s) a`` is the surface over both shares, and
    ``a = target / G(s)`` its contour. G is the largest over the years of ``sum_k w_k(s) J_k``, J_k
    the jobs of the lines of each of the `turns` and w_k their `selected_shares`. ``rungs`` (n
    draws) are all others; columns target, selected, new (the median of the draws), low, high (90 %
    of draws). Above 1 the target is out of reach; without a job there is no share, NaN.
    """
    shares = np.asarray(selected, dtype=float)
    every = dict(rungs) | {"additional_share": np.ones(len(rungs["selected_share"]))}
    by_turn = [run(_in_full(model, k), every, places=False).gross.sum(axis=2).T for k in range(3)]

    def best_year(share: float) -> Array:
        asked = every | {"selected_share": np.full_like(every["additional_share"], share)}
        weights = selected_shares(model, asked).T
        return np.asarray(np.einsum("kd,ktd->td", weights, by_turn).max(axis=0))

    jobs = np.stack([best_year(share) for share in shares])
    inverse = np.divide(1.0, jobs, out=np.full_like(jobs, np.nan), where=jobs > 0)
    names, ends = ["new", "low", "high"], np.quantile(inverse, [0.5, *INTERVAL], axis=1)
    line = pd.DataFrame(dict(zip(names, ends, strict=True)))
    parts = [(one * line).assign(target=one, selected=shares) for one in targets]
    return pd.concat(parts, ignore_index=True)
