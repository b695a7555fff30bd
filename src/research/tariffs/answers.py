"""A question of one's own: another rate in the deal, own measures, own trade."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

import pandas as pd
from pydantic import ValidationError

from research.errors import Fault, InputError, raise_if
from research.findings import Finding, told
from research.tariffs.elasticities import MIXTURE, SET_NAMES, load_thetas, sets_of
from research.tariffs.law import LARGEST_RATE_SHARE, Measure, japan_schedule
from research.tariffs.markets import ENDS, diversion, imports_pct
from research.tariffs.models.door import Elasticity, axes_faults, is_number
from research.tariffs.models.equilibrium import prepare
from research.tariffs.models.games import average_rate
from research.tariffs.models.registry import Case, compare
from research.tariffs.models.result import Equilibrium
from research.tariffs.rates import japan_goods
from research.tariffs.scenario import Rate, Scenario, find_scenario, load_scenario
from research.tariffs.scenario_rates import us_rates
from research.tariffs.welfare import Setting, gains_by_set, last_collected
from research.tariffs.worlds import HOME, PARTNER, gdp_musd
from research.values import brief
from research.wording import model_faults
from research.words import percent, plain, signed

_SUMMARY = "The question cannot be answered."


@dataclass(frozen=True, eq=False, slots=True)
class TariffAnswer:
    """What was ``asked``, in words, what was ``found``, and the ``tables`` behind it by name."""

    asked: str
    found: tuple[Finding, ...]
    tables: Mapping[str, pd.DataFrame]

    def findings(self) -> tuple[Finding, ...]:
        """Give the answers with their numbers, and their range over elasticities and models."""
        return self.found

    def __str__(self) -> str:
        """Say what was asked, and what was found."""
        return f"{self.asked}\n{told(self.found)}"


def what_if(
    rate_pct: float | None = None,
    *,
    measures: Sequence[Measure | Mapping[str, Any]] = (),
    baseline: str | Scenario = "day_before",
    elasticity_set: str = MIXTURE,
) -> TariffAnswer:
    """Answer what another rate in the deal, or own measures, would do a year, in the long run.

    The deal is its law of 16 September 2025. Where that has 15 % with the normal rate inside (most
    goods, cars, parts) it gets the rate asked for; all others pay what is collected on all imports.

    Parameters
    ----------
    rate_pct
        Per cent of customs value, 0 to 200; ``None`` leaves the deal as it is.
    measures
        Own duties beside that law: `Measure`, or a dict of its fields.
    baseline
        One of `scenario_names` (the law of the day before the deal), a day such as ``2026-07-24``,
        a YAML file, or a `Scenario`.
    elasticity_set
        One of `elasticity_sets`, or ``mixture``: all of the long run.

    Tables: ``by_set``, set (the one asked for last) x ``us_bn``, ``japan_bn`` (income, USD
    billion), and with prices kept or cut imports from Japan, ``kept_pct``, and duties on them,
    ``kept_bn_usd``; ``by_model``, that of `compare`.
    Every fault is in one `InputError`. Worked examples: docs/tutorials/tariffs.md.
    """
    state = baseline if isinstance(baseline, Scenario) else None
    steps: dict[str, Callable[[], Any]] = {
        "rate_pct": lambda: _deal_at(rate_pct, measures),
        "baseline": lambda: state or find_scenario(str(baseline)),
        "elasticity_set": lambda: (*sets_of(elasticity_set), elasticity_set),
    }
    got: dict[str, Any] = {}
    faults: list[Fault] = []
    for name, step in steps.items():
        try:
            got[name] = step()
        except InputError as error:
            faults += [replace(x, where=x.where.replace("scenario", name)) for x in error.faults]
    raise_if(InputError, _SUMMARY, faults)
    new, old, names = got["rate_pct"], got["baseline"], list(dict.fromkeys(got["elasticity_set"]))
    others = last_collected() if old.on_others_share is None else old.on_others_share
    new, old = (one.model_copy(update={"on_others_share": others}) for one in (new, old))
    if us_rates(new).equals(us_rates(old)):
        todo = "Nothing would change; name another baseline or another rate."
        raise InputError(_SUMMARY, [Fault("baseline", "other rates", brief(old.title), todo)])
    by_set = gains_by_set(Setting(new, old), names).set_index("elasticities")[["us_bn", "japan_bn"]]
    for end, supply in ENDS.items():
        moved = [diversion(load_thetas(name), new, old, supply) for name in names]
        by_set[f"{end}_pct"] = [imports_pct(one) for one in moved]
        by_set[f"{end}_bn_usd"] = [one["revenue_bn_usd"].sum() for one in moved]
    by_model = compare(Case(new, load_thetas(elasticity_set)), old)
    static = moved[0]["imports_bn_usd"] @ (moved[0]["new_rate_pct"] - moved[0]["old_rate_pct"])
    pays, there = (plain(100 * average_rate(one), 1) for one in (new, old))
    asked = f"{new.title}, against: {old.title}. Japan pays {pays} % on average, there {there} %."
    tables = {"by_set": by_set, "by_model": by_model}
    return TariffAnswer(asked, _found(**tables, static_bn=static / 100), tables)


def _deal_at(rate_pct: object, measures: object) -> Scenario:
    """Give the deal with another rate where its law has a rate with the normal one inside."""
    deal = load_scenario("deal_15")
    day, faults, words = deal.rates[0].law_of or date.max, [], "The deal"
    top = 100 * LARGEST_RATE_SHARE
    if rate_pct is not None and not (is_number(rate_pct) and 0 <= rate_pct <= top):
        asked = f"per cent from 0 to {top:g}"
        faults.append(Fault("rate_pct", asked, brief(rate_pct), "For 15 % write 15."))
    line = {"importer": "USA", "exporters": ["JPN"], "law_of": day, "measures": measures}
    try:
        own = Rate.model_validate(line).measures
    except ValidationError as error:
        own, faults = (), [*faults, *model_faults(error, "what_if", Rate)]
    faults += [
        Fault(f"measures, entry {k}", f"effective by {day}", f"{one.effective_date}")
        for k, one in enumerate(own, 1)
        if one.effective_date > day
    ]
    raise_if(InputError, _SUMMARY, faults)
    if is_number(rate_pct):
        law = [x for name in japan_goods().index for x in japan_schedule().law(name, day, date.max)]
        other = {"rate_share": rate_pct / 100, "effective_date": day}
        inside = dict.fromkeys(one for one in law if one.basis == "floor")
        words = f"{rate_pct:g} % in place of the deal's 15 %"
        own = (*(one.model_copy(update=other) for one in inside), *own)
    rates = (deal.rates[0].model_copy(update={"measures": own}),)
    title = f"{words} with own measures" if measures else words
    return deal.model_copy(update={"title": title, "rates": rates})


def _found(by_set: pd.DataFrame, by_model: pd.DataFrame, static_bn: float) -> tuple[Finding, ...]:
    last, models = by_set.iloc[-1], by_model[by_model["refused"] == ""]
    duties, trade = ([*by_set[f"kept_{x}"], *by_set[f"cut_{x}"]] for x in ("bn_usd", "pct"))
    found = [_finding("duties", "Duties on Japan at the trade of 2024", static_bn, duties)]
    for who, code, name in (("US", HOME, "us_bn"), ("Japan's", PARTNER, "japan_bn")):
        of = models["welfare_pct" if code == HOME else "japan_welfare_pct"].astype(float)
        ends = [*by_set[name], *of * gdp_musd()[code] / 1e5]
        found.append(_finding(name, f"{who} real income in the long run", last[name], ends))
    trade += models["imports_pct"].astype(float).tolist()
    what = "US imports from Japan, sellers keeping their prices"
    return (*found, _finding("imports", what, last["kept_pct"], trade, "pct"))


def _finding(
    name: str, what: str, value: float, others: Sequence[float], unit: str = "bn_usd"
) -> Finding:
    ends = {value, *others}
    span: dict[str, Any] = {"low": min(ends), "high": max(ends)}
    span = span | {"interval": "range of models and elasticities"} if len(ends) > 1 else {}
    by = percent(value, 2) if unit == "pct" else f"{signed(value, 1)} USD billion a year"
    return Finding(
        id=f"tariffs.own_{name}", question=f"{what}?", answer=f"A change of {by}.",
        value=value, unit=unit, basis="model", headline=True, **span,
    )  # fmt: skip


def own_trade(
    flows_musd: pd.DataFrame,
    *,
    old_rate_share: pd.DataFrame,
    new_rate_share: pd.DataFrame,
    theta: Elasticity | Mapping[str, Elasticity] | None = None,
) -> TariffAnswer:
    r"""Answer what new duties do to real income in a world of one's own, by exact changes.

    Parameters
    ----------
    flows_musd
        ``exporter`` x ``importer``, the axes so named, with sales at home; USD million.
    old_rate_share, new_rate_share
        The same axes, shares of value (0.15 is 15 %), zero on own goods.
    theta
        Elasticity of spending shares; a dict of several by name gives the range over them, and
        ``None`` takes that of all goods in each set of the long run.

    Gives a finding a country; tables ``income_pct`` (country x elasticity), ``trade_musd``.
    Every fault is in one `InputError`. Model: docs/methods/tariffs.md, general equilibrium; a
    worked example: docs/tutorials/tariffs.md.
    """
    given = {"old_rate_share": old_rate_share, "new_rate_share": new_rate_share}
    frames = {"flows_musd": flows_musd, **given}
    faults = [x for name, one in frames.items() for x in axes_faults(one, name, named=True)]
    if theta is None:
        theta = {SET_NAMES[name]: load_thetas(name).one_good for name in sets_of(MIXTURE)}
    solved: dict[str, Equilibrium] = {}
    given_sets = dict(theta) if isinstance(theta, Mapping) else {"own": theta}
    if not given_sets:
        faults.append(Fault("theta", "at least one elasticity", "none"))
    for name, one in given_sets.items():
        try:
            economy = prepare(flows_musd, theta=one, **given)
            if not faults:
                solved[name] = economy.solve()
        except InputError as error:
            faults += [x for x in error.faults if x not in faults and ", axes" not in x.where]
    raise_if(InputError, _SUMMARY, faults)
    income = pd.DataFrame({name: one.welfare_pct for name, one in solved.items()})
    found = [
        _finding(f"income_{place}", f"Real income of {name}", row.median(), list(row), "pct")
        for place, (name, row) in enumerate(income.iterrows())
    ]
    trade = pd.concat({name: one.flows_musd for name, one in solved.items()}, names=["theta"])
    asked = f"New duties in a world of {len(income)} countries, by {len(solved)} elasticities."
    return TariffAnswer(asked, tuple(found), {"income_pct": income, "trade_musd": trade})
