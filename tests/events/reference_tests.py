"""Every group test from its formula by plain loops, sharing no code with `research.events`.

A unit is what `reference_unit` of conftest gives: abnormal, car, se, df, residuals, day_sd (the
standard deviation of each residual where it changes from day to day, else None), spread, k, ahead,
and for each day of the event window its abnormal return and the variance of it.
"""

from itertools import product
from math import isfinite, sqrt
from statistics import median


def mean(values):
    values = list(values)
    return sum(values) / len(values)


def deviation(values):
    """Standard deviation with n - 1."""
    values = list(values)
    return sqrt(sum((v - mean(values)) ** 2 for v in values) / (len(values) - 1))


def sign(value):
    return int(value > 0) - int(value < 0)


def ranks(values):
    """Rank of each value of a dictionary: how many are smaller, ties by their mean rank."""
    return {
        key: 1
        + sum(other < value for other in values.values())
        + (sum(other == value for other in values.values()) - 1) / 2
        for key, value in values.items()
    }


def pairs_of(units):
    return [(a, b) for place, a in enumerate(units) for b in units[place + 1 :]]


def mean_product(units, values):
    """Mean product of two firms' values over all pairs and the dates that a pair shares."""
    products = [
        values[id(a)][day] * values[id(b)][day]
        for a, b in pairs_of(units)
        for day in values[id(a)]
        if day in values[id(b)]
    ]
    return mean(products)


def overlap(units):
    """Mean over pairs of the share of tested days that both firms have."""
    return mean(len(set(a.ahead) & set(b.ahead)) / len(a.ahead) for a, b in pairs_of(units))


def variance_of_mean(own, covariance):
    n = len(own)
    return (sum(own) + n * (n - 1) * covariance) / n**2


def reference_tests(units):
    """Every group test; a firm without a CAR counts nowhere."""
    units = [u for u in units if isfinite(u.car)]
    return parametric(units) | ranked(units) | generalised(units) | signed(units)


def parametric(units):
    n, length = len(units), len(units[0].ahead)
    cars, scars = [u.car for u in units], [u.car / u.se for u in units]
    u = mean(cars) / deviation(cars)
    skew = mean((c - mean(cars)) ** 3 for c in cars) / deviation(cars) ** 3
    standard = {id(f): unit_variance(by_own_sd(f)) for f in units}
    r = residual_correlation(units) * overlap(units)
    bmp = mean(scars) / (deviation(scars) / sqrt(n))
    patell = sum(scars) / sqrt(sum(f.df / (f.df - 2) for f in units))
    return {
        "csect_t": sqrt(n) * u,
        "hall_skew_t": sqrt(n) * (u + skew * u**2 / 3 + skew**2 * u**3 / 27 + skew / (6 * n)),
        "time_series_t": mean(cars) / portfolio_se(units, [length] * n),
        "patell_z": patell,
        "adj_patell_z": patell / sqrt(1 + (n - 1) * r),
        "bmp_t": bmp,
        "kp_t": bmp * sqrt((1 - r) / (1 + (n - 1) * r)),
        "portfolio_t": mean(cars) / portfolio_se_of_cars(units, standard),
    }


def residual_correlation(units):
    return mean_product(units, {id(f): unit_variance(by_own_sd(f)) for f in units})


def by_own_sd(f):
    """Residuals over their standard deviation: that of their day where it changes."""
    if f.day_sd is None:
        return {day: value / sqrt(f.sigma2) for day, value in f.residuals.items()}
    return {day: value / f.day_sd[day] for day, value in f.residuals.items()}


def unit_variance(values):
    """Mean zero, variance one, over the firm's own days."""
    centre = mean(values.values())
    scale = sqrt(mean((value - centre) ** 2 for value in values.values()))
    return {day: (value - centre) / scale for day, value in values.items()}


def portfolio_se_of_cars(units, standard):
    """Where variances change, two CARs vary together as r se_i se_j."""
    if units[0].day_sd is None:
        return portfolio_se(units, [f.spread for f in units])
    scaled = {id(f): {day: f.se * v for day, v in standard[id(f)].items()} for f in units}
    covariance = mean_product(units, scaled) * overlap(units)
    return sqrt(variance_of_mean([f.se**2 for f in units], covariance))


def portfolio_se(units, spreads):
    own = [f.sigma2 * spread for f, spread in zip(units, spreads, strict=True)]
    dates = len(set().union(*(f.residuals.index for f in units)))
    covariance = mean_product(units, {id(f): dict(f.residuals) for f in units})
    covariance *= dates / (dates - units[0].k) * overlap(units) * mean(spreads)
    return sqrt(variance_of_mean(own, covariance))


def whole(f):
    """Residuals and abnormal returns of a firm by date, the days without a figure left out."""
    days = dict(f.residuals) | dict(zip(f.event_days, f.event_abnormal, strict=True))
    return {day: value for day, value in days.items() if isfinite(value)}


def day_z(units, values):
    """Daily values of a window against the variance over time of the mean over firms."""
    own = [mean(v**2 for v in values[id(f)].values()) for f in units]
    variance = variance_of_mean(own, mean_product(units, values) * overlap(units))
    tested = mean(values[id(f)][day] for f in units for day in f.ahead)
    return tested * sqrt(len(units[0].ahead)) / sqrt(variance)


def ranked(units):
    plain, relative, again = {}, {}, {}
    for f in units:
        order = ranks(whole(f))
        plain[id(f)] = {day: rank - (len(order) + 1) / 2 for day, rank in order.items()}
        relative[id(f)] = {day: rank / (len(order) + 1) - 0.5 for day, rank in order.items()}
        order = ranks(rescaled(f, units))
        again[id(f)] = {day: rank / (len(order) + 1) - 0.5 for day, rank in order.items()}
    return {
        "corrado_rank_z": day_z(units, plain),
        "corrado_zivney_rank_z": day_z(units, again),
        "cowan_rank_z": day_z(units, relative),
    }


def rescaled(f, units):
    """Standardised returns; those of the n-th event day over their spread over firms."""
    out, r = by_own_sd(f), residual_correlation(units)
    for place, day in enumerate(f.event_days):
        there = [g for g in units if isfinite(g.event_abnormal[place])]
        if isfinite(f.event_abnormal[place]) and len(there) > 1:
            same = [a.event_days[place] == b.event_days[place] for a, b in pairs_of(there)]
            spread = deviation(event_scaled(g, place) for g in there)
            out[day] = event_scaled(f, place) / spread * sqrt(1 - r * mean(same))
    return out


def event_scaled(f, place):
    return f.event_abnormal[place] / sqrt(f.sigma2 * f.event_spread[place])


def generalised(units):
    r = residual_correlation(units) * overlap(units)
    spread = deviation(f.car / f.se for f in units) / sqrt(1 - r)
    shares = {}
    for f in units:
        days = by_own_sd(f)
        order = ranks(days | {"event": f.car / f.se / spread})
        shares[id(f)] = {day: rank / (len(days) + 2) for day, rank in order.items()}
    event = [shares[id(f)].pop("event") for f in units]
    days = [len(shares[id(f)]) for f in units]
    before = [mean(shares[id(f)].values()) for f in units]
    own = [
        deviation(shares[id(f)].values()) ** 2 * (1 + 1 / count)
        for f, count in zip(units, days, strict=True)
    ]
    centred = {
        id(f): {day: value - centre for day, value in shares[id(f)].items()}
        for f, centre in zip(units, before, strict=True)
    }
    dates = len(set().union(*centred.values()))
    covariance = mean_product(units, centred) * dates / (dates - 1)
    covariance *= overlap(units) * mean(1 + 1 / count for count in days)
    gap = mean(now - then for now, then in zip(event, before, strict=True))
    return {
        "grank_t": gap / sqrt(variance_of_mean(own, covariance)),
        "grank_z": sum(value - 0.5 for value in event)
        / sqrt(sum(count / (12 * (count + 2)) for count in days)),
    }


def signed(units):
    n, cars = len(units), [f.car for f in units]
    usual = mean(mean(value > 0 for value in f.residuals) for f in units)
    signs = {}
    for f in units:
        days = whole(f)
        middle = median(days.values())
        signs[id(f)] = {day: sign(value - middle) for day, value in days.items()}
    sizes = ranks({place: abs(car) for place, car in enumerate(cars)})
    return {
        "sign_z": sum(map(sign, cars)) / sqrt(n),
        "cz_sign_z": day_z(units, signs),
        "gen_sign_z": (sum(c > 0 for c in cars) - n * usual) / sqrt(n * usual * (1 - usual)),
        "wilcoxon": sum(sign(car) * sizes[place] for place, car in enumerate(cars)),
    }


def exact_wilcoxon(statistic, n):
    """Two-sided p of a signed-rank sum: every choice of signs is as likely as any other."""
    choices = product((-1, 1), repeat=n)
    sums = [sum(s * rank for rank, s in enumerate(signs, start=1)) for signs in choices]
    return mean(abs(total) >= abs(statistic) for total in sums)
