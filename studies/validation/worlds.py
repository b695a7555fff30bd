"""World trade as two published studies have it, through the project's general equilibrium."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
from scipy import optimize

from research.tariffs.models.equilibrium import prepare
from research.tariffs.models.result import Equilibrium

#: Countries of Caliendo and Parro, in the order of their files.
COUNTRIES = [
    "ARG",
    "AUS",
    "AUT",
    "BRA",
    "CAN",
    "CHL",
    "CHN",
    "DNK",
    "FIN",
    "FRA",
    "DEU",
    "GRC",
    "HUN",
    "IND",
    "IDN",
    "IRL",
    "ITA",
    "JPN",
    "KOR",
    "MEX",
    "NLD",
    "NZL",
    "NOR",
    "PRT",
    "ZAF",
    "ESP",
    "SWE",
    "TUR",
    "GBR",
    "USA",
    "ROW",
]

#: The three whose tariffs on each other change, as `cp2015` names their results.
NAFTA = {"MEX": "mexico", "CAN": "canada", "USA": "united_states"}

#: Sectors; the first half is traded, and has elasticities and tariffs in the files.
SECTORS = [f"s{number:02}" for number in range(1, 41)]

#: What they take for sectors that are not traded, where no trade shows it.
NOT_TRADED = 8.22

#: Ignatenko and others: elasticity of trade, elasticity of labour, and what scale does to
#: productivity as a share of the inverse elasticity of trade.
ELASTICITY, LABOUR, SCALE = 4.0, 0.5, 0.67

#: Shares of spending on imports that they ascribe to services of the importer: rest, United States.
SERVICES = 0.12, 0.26


def cp2015(folder: Path | None) -> dict[str, float]:
    """Change tariffs among the three from those of 1993 to those of 2005, deficits at zero first.

    Raw figures that no equilibrium has are `repaired`.
    """
    assert folder is not None
    read = {
        name: np.loadtxt(folder / f"{name}.txt")
        for name in ("B", "GO", "IO", "T", "tariffs1993", "tariffs2005", "xbilat1993")
    }
    n, s = len(COUNTRIES), len(SECTORS)

    def cube(values: np.ndarray) -> np.ndarray:
        """Give sector x exporter x importer; files have importers in rows and traded goods."""
        whole = np.vstack([values, np.zeros((s * n - len(values), n))])
        return whole.reshape(s, n, n).transpose(0, 2, 1).copy()

    def frame(values: np.ndarray) -> pd.DataFrame:
        rows = pd.MultiIndex.from_product([SECTORS, COUNTRIES])
        return pd.DataFrame(values.reshape(s * n, n), rows, COUNTRIES)

    # USD thousand and USD, both as million. What is not exported stays at home.
    flows, output = cube(read["xbilat1993"] * 1e-3), read["GO"] * 1e-6
    exports = flows.sum(axis=2)
    flows[:, range(n), range(n)] = np.maximum(output, exports) - exports
    old, later = cube(read["tariffs1993"] / 100), cube(read["tariffs2005"] / 100)
    new, own = old.copy(), np.isin(COUNTRIES, list(NAFTA))
    new[:, np.outer(own, own)] = later[:, np.outer(own, own)]
    inputs = read["IO"].reshape(n, s, s) * (1 - read["B"].T)[:, None, :]
    inputs, final = repaired(inputs, flows, old)
    economy = prepare(
        frame(flows),
        theta=pd.Series([*read["T"], *[NOT_TRADED] * (s - len(read["T"]))], SECTORS),
        input_shares=pd.DataFrame(
            inputs.reshape(n * s, s), pd.MultiIndex.from_product([COUNTRIES, SECTORS]), SECTORS
        ),
        final_shares=pd.DataFrame(final, SECTORS, COUNTRIES),
        old_rate_share=frame(old),
        new_rate_share=frame(new),
        highest_rate_share=3.0,
        deficit_left_share=0.0,
    )
    base = economy.base()
    found = as_printed(base.flows_musd, frame(old), base.solve())
    return {
        f"{word}_{name}": found.at[code, word] for word in found for code, name in NAFTA.items()
    }


def repaired(
    inputs: np.ndarray, flows: np.ndarray, rates: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Set inputs and final spending below zero to zero, others scaled so that totals stay.

    Input shares are country x input x using sector, flows and rates sector x exporter x importer.
    Gives input shares, and the shares of final spending, sector x country.
    """
    kept, total = np.maximum(inputs, 0), inputs.sum(axis=1, keepdims=True)
    left = kept.sum(axis=1, keepdims=True)
    kept = kept * np.divide(np.maximum(total, 0), left, out=np.ones_like(left), where=left > 0)
    bought = (flows * (1 + rates)).sum(axis=1)
    final = np.maximum(bought - np.einsum("nks,sn->kn", kept, flows.sum(axis=2)), 0)
    return kept, final / final.sum(axis=0)


def as_printed(flows: pd.DataFrame, rates: pd.DataFrame, found: Equilibrium) -> pd.DataFrame:
    r"""Give the first order as they put figures into it (equation 19, table 2), per cent of income.

    Where the formula has :math:`\ln\hat x` it has :math:`\hat x - 1`. Country x ``formula``, its
    parts ``terms`` and ``volume``, ``exact`` (equivalent variation) and ``wage`` (real wage).
    """
    price, moved = found.seller_price_hat - 1, (found.flows_musd / flows).fillna(1.0) - 1
    received, table = flows * price, found.countries
    parts = {
        "terms": received.groupby(level=1).sum().sum(axis=1) - received.sum(),
        "volume": (rates * flows * (moved - price)).sum(),
    }
    money = {"formula": sum(parts.values()), **parts, "exact": table["equivalent_variation_musd"]}
    shares = pd.DataFrame(money).div(table["old_income_musd"], axis=0)
    return 100 * shares.assign(wage=table["wage_hat"] / table["price_hat"] - 1)


def ilms2025(folder: Path | None) -> dict[str, float]:
    """Let the tariffs of 2 April 2025 lower the income tax: the case of Eaton and Kortum.

    Beside it the baseline, in which part of spending on imports is services of the importer and
    firms leave a market that duties shrink.
    """
    assert folder is not None
    labels = pd.read_csv(folder / "country_labels.csv")["iso3"].tolist()
    trade = pd.read_csv(folder / "trade_cepii.csv").fillna(0).to_numpy(float)
    gdp = pd.read_csv(folder / "gdp.csv")["gdp"].to_numpy(float) / 1000
    rates = np.maximum(0.1, pd.read_csv(folder / "tariffs.csv")["applied_tariff"].to_numpy(float))
    n, us = len(labels), labels.index("USA")
    np.fill_diagonal(trade, 0)
    rest, own = _services(trade, gdp, us)
    services = np.where(np.arange(n) == us, own, rest)
    served = trade - services * trade
    spending = gdp + (1 - services) * (trade.sum(axis=0) - served.sum(axis=1))
    trade[range(n), range(n)] = np.maximum(spending - trade.sum(axis=0), 0)
    rate = np.zeros((n, n))
    rate[:, us] = np.where(np.arange(n) == us, 0, rates)
    flows, new = (pd.DataFrame(values, labels, labels) for values in (trade, rate))
    scale = ELASTICITY / SCALE
    leaving = (1 + scale) / ((1 - services) * scale) - 1 / scale - 1
    case = _with_tax_cut(flows, new, flows.sum(axis=1))
    earned = flows.to_numpy() @ (1 - services) + services * flows.sum(axis=0)
    baseline = _with_tax_cut(
        flows,
        new,
        pd.Series(earned, labels),
        services_share=pd.Series(services, labels),
        selection=pd.Series(1 + leaving, labels),
    )
    return case | {"baseline_welfare": baseline["welfare"]}


def _services(trade: np.ndarray, gdp: np.ndarray, us: int) -> np.ndarray:
    """Find the services in imports of the rest of the world and the United States."""
    group = np.zeros((2, len(gdp)))
    group[0], group[:, us] = 1, (0, 1)
    x, y = group @ trade @ group.T, group @ gdp

    def gap(share: np.ndarray) -> list[float]:
        spent = y + (1 - share) * (x.sum(axis=1) - ((1 - share)[:, None] * x).sum(axis=1))
        rest, own = spent[0] - x[1, 0], spent[1] - x[0, 1]
        rest, own = rest / (rest + x[0, 1]), own / (own + x[1, 0])
        return [
            (1 - rest) * share[1] + rest * share[0] - SERVICES[0],
            own * share[1] + (1 - own) * share[0] - SERVICES[1],
        ]

    return optimize.root(gap, [0.1, 0.24]).x


def _with_tax_cut(
    flows: pd.DataFrame, new: pd.DataFrame, income: pd.Series, **options: pd.Series
) -> dict[str, float]:
    """Solve until the tax cut is what duties bring, and give the results for the United States."""
    cut, found = pd.Series(0.0, flows.columns), None
    for _ in range(30):
        found = prepare(
            flows,
            theta=ELASTICITY,
            old_rate_share=0 * new,
            new_rate_share=new,
            labour_supply_elasticity=LABOUR,
            revenue_use="income_tax",
            income_tax_share=cut,
            scale_elasticity=SCALE / ELASTICITY,
            **options,
        ).solve()
        table = found.countries
        earned = table["wage_hat"] * table["labour_hat"] * income
        before, cut = cut, table["new_revenue_musd"] / earned
        if (cut - before).abs().max() < 1e-10:
            break
    return _results(found, flows, income, earned, cut)


def _results(
    found: Equilibrium,
    flows: pd.DataFrame,
    income: pd.Series,
    earned: pd.Series,
    cut: pd.Series,
) -> dict[str, float]:
    """Give per cent for the United States; trade is over income, prices over those of the world.

    Welfare is the paper's formula: real spending less the pain of labour that is worked more. It
    counts that pain by the wage before tax; ``after_tax`` by the wage for which labour is chosen.
    """
    table, us = found.countries, "USA"
    spent = flows.sum(axis=0)
    price = table["price_hat"]
    weight = spent / (spent - LABOUR * (1 - cut) * income / (1 + LABOUR))
    worked = table["wage_hat"] * table["labour_hat"] / price
    welfare = weight * table["income_hat"] / price + (1 - weight) * worked
    abroad = 1 - np.eye(len(flows))
    now, then = found.flows_musd * abroad, flows * abroad
    ratios = {
        "welfare": welfare,
        "after_tax": weight * table["income_hat"] / price + (1 - weight) * worked / (1 - cut),
        "exports": now.sum(axis=1) / earned / (then.sum(axis=1) / income),
        "imports": now.sum(axis=0) / earned / (then.sum(axis=0) / income),
        "employment": table["labour_hat"],
        "prices": price / (spent @ price / spent.sum()),
    }
    found_pct = {name: 100 * (ratio[us] - 1) for name, ratio in ratios.items()}
    return found_pct | {"equivalent": found.welfare_pct[us]}
