"""What single firms do to the tests of their group: unequal gains, short histories."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from research.events.results import ALL, EventStudy

_KEYS = ["event_id", "group"]


def why_apart(study: EventStudy, window: Sequence[int] | None = None) -> pd.DataFrame:
    """Take kp_t apart, to see where it leaves portfolio_t: unequal gains within a group.

    With the standardised CARs S of n firms and their correlation r, ``kp_t = size_z * evenness``,
    ``size_z = mean(S) sqrt(n / (1 + (n - 1) r))`` and ``evenness = sqrt(1 - r) / sd(S)``. The first
    grows with the move. The second is about one where all firms gain the same number of their
    standard errors and falls as gains differ, so that kp_t stays small however large the move.
    portfolio_t has no such factor: its yardstick are the days before.

    Table: index (event_id, group); n, caar, sd_car, low and high (smallest and largest CAR;
    fractions), lowest and highest (whose), correlation (r), size_z, evenness, kp_t, portfolio_t.
    NaN where kp_t is.
    """
    tests = study.tests(window, names=["kp_t", "portfolio_t"])
    first = tests.drop_duplicates(_KEYS).set_index(_KEYS)
    car = study.car(window).dropna(subset="car")
    car = car.assign(group=car.get("group", ALL)).reset_index()
    car["size"] = car["car"] / car["se"]
    firms = car.set_index("asset").groupby(_KEYS, sort=False)
    r, n = first["correlation"] * first["overlap"], first["n"]
    out = pd.DataFrame({"n": n, "caar": first["mean"], "sd_car": firms["car"].std()})
    for name, whose, value in (("low", "lowest", "min"), ("high", "highest", "max")):
        out[name], out[whose] = firms["car"].agg(value), firms["car"].agg(f"idx{value}")
    out["correlation"] = r
    out["size_z"] = firms["size"].mean() * np.sqrt(n / (1 + (n - 1) * r))
    out["evenness"] = np.sqrt(1 - r) / firms["size"].std()
    for name in ("kp_t", "portfolio_t"):
        out[name] = tests[tests["test"] == name].set_index(_KEYS)["statistic"]
    return out.reindex(first.index)


def short_histories(study: EventStudy, window: Sequence[int] | None = None) -> pd.DataFrame:
    """Name the firms with fewer days than the estimation window, and their group without them.

    The group is tested without one such firm at a time, all others kept.

    Table: event_id, group, asset, n_estimation (days used), n_window (days asked for), n (firms of
    the group, this one among them), caar, kp_t, portfolio_t, and the same ending in ``_without``.
    """
    first, last = study.settings.estimation
    short = study.units[study.units["n_estimation"] < last - first + 1].reset_index()
    groups = study.groups
    if groups is None:
        groups = pd.Series(ALL, study.units.index.get_level_values("asset").unique())
    short["group"], short["n_window"] = groups.reindex(short["asset"]).to_numpy(), last - first + 1
    out = short[[*_KEYS, "asset", "n_estimation", "n_window"]].dropna(subset="group")
    figures = ["caar", "kp_t", "portfolio_t"]
    out = out.join(study.summary(window)[["n", *figures]], on=_KEYS)
    parts = [out.iloc[:0].join(pd.DataFrame(columns=[f"{name}_without" for name in figures]))]
    for asset, rows in out.groupby("asset"):
        others = groups.where(groups.index != asset, "left out")
        rest = study.summary(window, others)[figures].add_suffix("_without")
        parts.append(rows.join(rest, on=_KEYS))
    return pd.concat(parts[1:] or parts).sort_index(ignore_index=True)
