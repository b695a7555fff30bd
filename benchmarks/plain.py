"""The same statistics written straight down in numpy, for complete data: what speed is held to.

No labels, no checks, no missing values, no reasons: least squares, CARs and the seventeen tests of
groups of one firm, or of one group of all.
"""

from __future__ import annotations

import numpy as np
from scipy import stats

from benchmarks.panel import Panel
from benchmarks.settings import ESTIMATION, WINDOW


def fitted(data: Panel) -> tuple[np.ndarray, ...]:
    """Regress every event; residuals (U, T), abnormal returns (U, W), spreads, sigma2, T - k."""
    returns, market, events = data
    values, x = returns.to_numpy(), market.to_numpy()
    zero = returns.index.get_indexer(events["date"])[:, None]
    column = returns.columns.get_indexer(events["asset"])[:, None]
    before, inside = (zero + np.arange(a, b + 1) for a, b in (ESTIMATION, WINDOW))
    y, y_window = values[before, column], values[inside, column]
    X, X_window = (np.stack([np.ones(days.shape), x[days]], axis=-1) for days in (before, inside))
    q, r = np.linalg.qr(X)
    inverse = np.linalg.inv(r)
    beta = (inverse @ (q.transpose(0, 2, 1) @ y[..., None]))[..., 0]
    residuals = y - (X @ beta[..., None])[..., 0]
    abnormal = y_window - (X_window @ beta[..., None])[..., 0]
    df = y.shape[1] - 2
    z = X_window @ inverse
    spread = y_window.shape[1] + (z.sum(axis=1) ** 2).sum(axis=1)
    day_spread = 1 + (z**2).sum(axis=2)
    return residuals, abnormal, spread, day_spread, (residuals**2).sum(axis=1) / df


def ranked(values: np.ndarray) -> np.ndarray:
    """Rank each row of values without ties."""
    ranks = np.empty(values.shape)
    order = np.argsort(values, axis=1)
    np.put_along_axis(ranks, order, np.arange(1.0, values.shape[1] + 1)[None, :], axis=1)
    return ranks


def alone(data: Panel) -> tuple[np.ndarray, list[np.ndarray]]:
    """Give CARs and the tests that one firm has, with their p-values."""
    residuals, abnormal, spread, _, sigma2 = fitted(data)
    df, days = residuals.shape[1] - 2, abnormal.shape[1]
    car = abnormal.sum(axis=1)
    se, every = np.sqrt(sigma2 * spread), np.hstack([residuals, abnormal])
    t = [car / se, car / np.sqrt(sigma2 * days)]
    ranks = ranked(every)
    middle = (every.shape[1] + 1) / 2
    z = [car / se / np.sqrt(df / (df - 2)), np.sign(car)]
    signs = np.sign(every - np.median(every, axis=1, keepdims=True))
    for daily in (ranks - middle, ranks / (2 * middle) - 0.5, signs):
        z.append(daily[:, -days:].mean(axis=1) * np.sqrt(days / (daily**2).mean(axis=1)))
    p = (residuals > 0).mean(axis=1)
    z.append(((car > 0) - p) / np.sqrt(p * (1 - p)))
    pvalues = [2 * stats.t.sf(np.abs(one), df) for one in t]
    return car, [*t, *z, *pvalues, *(2 * stats.norm.sf(np.abs(one)) for one in z)]


def pooled(data: Panel) -> tuple[np.ndarray, list[np.ndarray]]:
    """Give CARs and the seventeen tests of one group of all firms, days matched by date."""
    residuals, abnormal, spread, day_spread, sigma2 = fitted(data)
    returns, _, events = data
    zero = returns.index.get_indexer(events["date"])[:, None]
    before, inside = (zero + np.arange(a, b + 1) for a, b in (ESTIMATION, WINDOW))
    n, (df, m) = len(zero), (residuals.shape[1] - 2, abnormal.shape[1])
    whole, n_days = np.hstack([before, inside]), len(returns)

    def pairs(days: np.ndarray) -> float:
        firms = np.bincount(days.ravel(), minlength=n_days)
        return float((firms * (firms - 1.0)).sum())

    def product(days: np.ndarray, values: np.ndarray) -> float:
        sums = np.bincount(days.ravel(), values.ravel(), n_days)
        return float((sums @ sums - np.einsum("ut,ut->", values, values)) / pairs(days))

    overlap = pairs(inside) / (n * (n - 1.0) * m)
    dates = len(np.unique(before))
    car = abnormal.sum(axis=1)
    scar, every = car / np.sqrt(sigma2 * spread), np.hstack([residuals, abnormal])
    standard = residuals / np.sqrt(sigma2)[:, None]
    unit = residuals - residuals.mean(axis=1, keepdims=True)
    unit /= unit.std(axis=1, keepdims=True)
    r = product(before, unit) * overlap
    covariance = product(before, residuals) * dates / (dates - 2) * overlap
    portfolio = sigma2 @ spread + n * (n - 1.0) * covariance * spread.mean()
    series = sigma2.sum() * m + n * (n - 1.0) * covariance * m
    u, g = car.mean() / car.std(ddof=1), ((car - car.mean()) ** 3).mean() / car.std(ddof=1) ** 3
    bmp = np.sqrt(n) * scar.mean() / scar.std(ddof=1)
    patell = scar.sum() / np.sqrt(n * df / (df - 2))
    inflation = 1 + (n - 1) * r
    tests = [
        np.sqrt(n) * u,
        np.sqrt(n) * (u + g * u**2 / 3 + g**2 * u**3 / 27 + g / (6 * n)),
        car.sum() / np.sqrt(series),
        patell,
        patell / np.sqrt(inflation),
        bmp,
        bmp * np.sqrt((1 - r) / inflation),
        car.sum() / np.sqrt(portfolio),
    ]

    def day_z(daily: np.ndarray) -> float:
        own = (daily**2).mean(axis=1).sum()
        variance = (own + n * (n - 1.0) * product(whole, daily) * overlap) / n**2
        return float(daily[:, -m:].mean() * np.sqrt(m / variance))

    ranks, middle = ranked(every), (every.shape[1] + 1) / 2
    event = abnormal / np.sqrt(sigma2[:, None] * day_spread)
    both = np.hstack([standard, event / event.std(axis=0, ddof=1)])
    signs = np.sign(every - np.median(every, axis=1, keepdims=True))
    tests += [day_z(ranks - middle), day_z(ranks / (2 * middle) - 0.5)]
    tests += [day_z(ranked(both) / (2 * middle) - 0.5), day_z(signs)]
    days = residuals.shape[1]
    share = ranked(np.column_stack([standard, scar / scar.std(ddof=1)])) / (days + 2)
    mean = share[:, :-1].mean(axis=1)
    centred = share[:, :-1] - mean[:, None]
    own = (centred**2).sum() / (days - 1) * (1 + 1 / days)
    joint = product(before, centred) * dates / (dates - 1) * (1 + 1 / days) * overlap
    tests.append((share[:, -1] - mean).mean() / np.sqrt((own + n * (n - 1.0) * joint) / n**2))
    tests.append((share[:, -1] - 0.5).sum() / np.sqrt(n * days / (12 * (days + 2))))
    p = (residuals > 0).mean()
    tests += [np.sign(car).sum() / np.sqrt(n)]
    tests += [((car > 0).sum() - n * p) / np.sqrt(n * p * (1 - p))]
    tests.append((np.sign(car) * stats.rankdata(np.abs(car))).sum())
    return car, [np.asarray(tests), 2 * stats.norm.sf(np.abs(tests))]
