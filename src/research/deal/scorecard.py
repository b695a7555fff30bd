"""The one evaluator of claims: thresholds, findings and ratings give a verdict and its reason."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from itertools import pairwise, product
from typing import Any

import numpy as np
import pandas as pd

from research.deal.ratings import ORDER, WORDS, combined
from research.errors import Fault, InputError, near, raise_if
from research.findings import UNITS, Finding
from research.words import about, day_words, listed

#: What is said of a promise, for the word of a fact.
PROMISED = {"supported": "kept", "partly": "in part", "contradicted": "broken", "unproven": "open"}

_NUMBERS = ("number", "low", "high", "chance_low", "chance_high", "error")

#: Columns of bands in the order in which they are asked, and the word that each gives.
_BANDS = {"supported": "supported", "partly": "partly", "undecided": "unproven"}

#: Between results, measures and bands of a row.
BETWEEN = " | "

#: A band about which a rule does not ask.
ANY = pd.Interval(-math.inf, math.inf, "both")

_BAND = re.compile(r"([\[(])([-\d.]*),([-\d.]*)([\])])")
_CLOSED = {"[]": "both", "[)": "left", "(]": "right", "()": "neither"}


@dataclass(frozen=True, slots=True)
class Scorecard:
    """Verdicts on claims.

    ``frame`` has the row of each claim with ``verdict`` now and ``when_made``, ``view`` of the
    evidence before it is due, ``number``, ``low`` and ``high`` in ``found_unit``, the chance that
    it stands over the priors (``chance_low`` to ``chance_high``, shares), ``error`` of a due
    forecast (ours minus the claim's, in ``found_unit``), ``reason``, ``basis`` and ``results``,
    the findings shown; ``changed`` logs the verdicts that were others on the day of the claim.
    """

    frame: pd.DataFrame
    changed: pd.DataFrame


def score(
    claims: pd.DataFrame, evidence: Mapping[str, Finding], results: pd.DataFrame,
    ratings: pd.DataFrame, *, as_of: date,
) -> Scorecard:  # fmt: skip
    """Judge each claim of a table in the form of ``deal/claims``, see ``docs/methods/claims.md``.

    A verdict is given where all numbers that the evidence leaves possible give the same one; an
    interval on both sides of a threshold is ``unproven``, with the chance that the claim stands.

    Parameters
    ----------
    claims, results, ratings
        Tables in the form of ``deal/claims``, ``deal/claims_results``, ``deal/claim_ratings``.
    evidence
        Findings of the reports, by their dotted ids.
    as_of
        Day whose knowledge counts.

    Raises
    ------
    InputError
        For every claim that cannot be judged, with the row and what to do.
    """
    faults = dict.fromkeys(_faults(claims, evidence, results, ratings))
    raise_if(InputError, "Claims cannot be judged.", list(faults))
    told, day = [], pd.Timestamp(as_of)
    for row in claims.itertuples():
        found = _view(row, evidence, results, ratings[ratings["claim_id"] == row.Index])
        found["verdict"] = _verdict(row, found["view"], day)
        found["when_made"] = _verdict(row, found["view"], row.made_on)
        if row.kind == "forecast" and found["verdict"] != "open":
            number = found["number"]
            found["error"] = number - np.clip(number, row.quantity_low, row.quantity_high)
        if found["verdict"] == "open":
            last = max(day, row.knowable_on, row.due_on if pd.notna(row.due_on) else day)
            wait = f"Open until {day_words(last)}." if last > day else "No outcome yet."
            found["reason"] = f"{wait} {found['reason']}"
        told.append(found)
    frame = claims.join(pd.DataFrame(told, claims.index))
    moved = frame[frame["when_made"] != frame["verdict"]].sort_values("knowable_on")
    log = moved[["paraphrase", "made_on", "when_made", "knowable_on", "verdict"]]
    return Scorecard(frame, log)


def _verdict(row: Any, word: str, day: pd.Timestamp) -> str:
    """Say a verdict in the words of its kind, and only from the day on which it is settled."""
    # A ceiling can be broken early, but it has held only at the end.
    holds_so_far = word == "supported" and row.comparator == "at most" and row.due_on > day
    # What comes of a promise is no model's to say.
    no_outcome = row.kind == "promise" and row.evidence_kind == "model"
    if not word.startswith("not ") and (row.knowable_on > day or holds_so_far or no_outcome):
        return "open"
    return PROMISED.get(word, word) if row.kind == "promise" else word


def _faults(
    claims: pd.DataFrame, evidence: Mapping[str, Finding], results: pd.DataFrame,
    ratings: pd.DataFrame,
) -> Iterator[Fault]:  # fmt: skip
    raters = ratings.groupby("claim_id")["rater"].nunique()
    for told in ratings.join(claims["kind"], on="claim_id", how="inner").itertuples():
        known = (*WORDS.get(told.kind, ORDER), "open", "not testable")
        if told.verdict not in known:
            where = f"deal/claim_ratings, {told.claim_id}, rater {told.rater}"
            yield Fault(where, f"one of {', '.join(known)}", repr(told.verdict), "Mend it.")
    for row in claims.itertuples():
        if row.evidence_kind == "documentary" and raters.get(row.Index, 0) < 2:
            yield Fault(row.Index, "two ratings", "fewer", "Rate it in deal/claim_ratings.")
        for one, measure in _asked(row, results):
            if one not in results.index:
                yield Fault(row.Index, "a known result", repr(one), near(one, results.index))
                continue
            found, unit = evidence.get(one), results.at[one, "unit"]
            todo, missing = f"Run `research run {results.at[one, 'report']}`.", ""
            if found is None or found.value is None:
                missing = f"a number for {row.Index}"
            elif found.unit != unit:
                missing = f"the unit {unit} in place of {found.unit}"
            elif measure == "chance" and not found.quantiles:
                missing = "quantiles of the draws by prior"
            elif measure != "chance" and found.basis != "data" and found.low is None:
                missing = "the interval of a model's finding"
            if missing:
                yield Fault(one, missing, "none", f"{'Mend the finding. ' * bool(found)}{todo}")


def _asked(row: Any, results: pd.DataFrame) -> list[tuple[str, str]]:
    """Give the results of a row, or those that stand beside, and how each is read."""
    if row.evidence_kind not in ("data", "model"):
        return []
    ids, measures = row.evidence.split(BETWEEN), row.measure.split(BETWEEN)
    shown = results["beside"].dropna()
    pairs = zip(ids, measures * (len(ids) // len(measures)), strict=True)
    return [(shown.get(one, one), measure) for one, measure in pairs]


def _view(
    row: Any, evidence: Mapping[str, Finding], results: pd.DataFrame, ratings: pd.DataFrame
) -> dict[str, Any]:
    """Tell what the evidence says of a claim, whenever it may be judged."""
    asked = _asked(row, results)
    told = {"basis": row.evidence_kind, "results": tuple(dict(asked))}
    told |= dict.fromkeys(_NUMBERS, math.nan)
    if row.measure == "none":
        word = "not rated" if row.kind == "opinion" else "not testable"
        return told | {"view": word, "reason": row.rule}
    if not asked:
        return told | _documented(row, ratings)
    found = [(evidence[one], measure) for one, measure in asked]
    if asked[0][0] in row.evidence.split(BETWEEN):
        return told | _tested(row, found)
    reason = f"Not testable by our models. In our long run: {found[0][0].answer}"
    return told | {"view": "not testable", "reason": reason}


def _documented(row: Any, ratings: pd.DataFrame) -> dict[str, Any]:
    """Judge by the answer columns, where they decide, and two ratings: the more cautious counts."""
    found: dict[str, Any] = {"basis": "two readings"}
    words, reason, low, high = set(), "", row.answer_low, row.answer_high
    if row.measure == "answer" and pd.notna(low):
        words = _words([[low, high]], row)
        if row.unit == "yes/no":
            reason = f"The sources say {'yes' if low == 1 else 'in part' if low else 'no'}."
        else:
            reason = f"The sources give {_told(low, high, row.unit)}."
            found |= {"number": (low + high) / 2, "low": low, "high": high, "found_unit": row.unit}
    word = "partly" if words == {"supported", "partly"} else "".join(words)
    if word in ("supported", "partly", "contradicted"):
        own = pd.DataFrame([{"rater": "answer", "verdict": word, "reason": reason}])
        found["basis"], ratings = "documents", pd.concat([own, ratings])
    word, reason = combined(ratings)
    if word == "supported" and row.source_tier == "weak" and BETWEEN not in row.source_urls:
        word, reason = "unproven", f"One weak source alone does not prove it. {reason}"
    return found | {"view": word, "reason": reason}


def _tested(row: Any, found: list[tuple[Any, str]]) -> dict[str, Any]:
    """Judge by the numbers of findings: at the ends of intervals and at thresholds between."""
    scale = 1.0 if pd.isna(row.years_to) else (row.years_to - row.made_on).days / 365.25
    own, within = bands(row.supported), bands(row.within) or (ANY,)
    numbers, held, chances = [], [], list[float]()
    for one, measure in found:
        ends = (one.value, one.value) if one.low is None else (one.low, one.high)
        numbers.append([scale * float(x) for x in (one.value, *ends)])
        held.append(numbers[-1][1:])
        if measure == "central":
            middles = [one.value, *(x[49] for x in one.quantiles.values())]
            held[-1] = [scale * min(middles), scale * max(middles)]
        elif measure == "chance":
            chances = [_share(x, within[0]) for x in one.quantiles.values()]
            held[-1] = [min(chances), max(chances)]
    units = [one.unit for one, _ in found]
    if row.measure == "count":
        count = float(sum(value in within[0] for value, _, _ in numbers))
        units = [f"of {len(numbers)} {row.threshold_note}"]
        numbers, held = [[count] * 3], [[count] * 2]
    number, low, high = numbers[0]
    words = _words(held, row)
    if row.measure == "overlap":
        meets = own[0].overlaps(pd.Interval(low, high, "both"))
        words = {"supported"} if meets else _words([[number, number]], row)
    word = words.pop() if len(words) == 1 else "unproven"
    tested = [k for k, band in enumerate(own) if band != ANY]
    if word == "unproven" and not chances and len(tested) == 1:
        draws = found[tested[0]][0].quantiles.values()
        chances = [_share([scale * x for x in one], own[tested[0]]) for one in draws]
    told = [_told(a, b, unit) for (_, a, b), unit in zip(numbers, units, strict=True)]
    note = f" over {scale:.1f} years" * (scale != 1)
    note += f" ({row.threshold_note})" if len(told) > 1 or not UNITS.get(units[0], "x") else ""
    reason = f"We find {listed(dict.fromkeys(told))}{note}."
    out = {"view": word, "number": number, "low": low, "high": high, "found_unit": units[0]}
    if chances:
        least, most = out["chance_low"], out["chance_high"] = min(chances), max(chances)
        # 99 quantiles tell no more.
        shares = _told(100 * least, 100 * most, "pct") if most else "under 1 %"
        reason += f" The chance that it is so: {shares}."
    return out | {"reason": reason}


def bands(cell: object) -> tuple[pd.Interval, ...]:
    """Read bands such as ``[0.35,0.45]`` or ``(0,) | any``, none of a blank; else ValueError."""
    found = []
    for part in cell.split(BETWEEN) if isinstance(cell, str) else []:
        first, low, high, last = ("[", "", "", "]") if part == "any" else _BAND.findall(part)[0]
        ends = float(low or -math.inf), float(high or math.inf)
        found.append(pd.Interval(*ends, _CLOSED[first + last]))
    return tuple(found)


def _words(held: list[list[float]], row: Any) -> set[str]:
    """Give the verdicts at the ends of intervals, at the thresholds inside and between these."""
    columns = {word: bands(getattr(row, column)) for column, word in _BANDS.items()}
    points = []
    for k, (low, high) in enumerate(held):
        cuts = {x for own in columns.values() if own for x in (own[k].left, own[k].right)}
        edges = [low, *sorted(x for x in cuts if low < x < high), high]
        points.append([*edges, *(sum(pair) / 2 for pair in pairwise(edges))])
    has, told = pd.Interval.__contains__, set()
    for point in product(*points):
        fits = (word for word, own in columns.items() if own and all(map(has, own, point)))
        told.add(next(fits, "contradicted"))
    return told


def _share(draws: Iterable[float], band: pd.Interval) -> float:
    return float(np.mean([x in band for x in draws]))


def _told(low: float, high: float, unit: str) -> str:
    """Write a number with its unit, an interval by its ends."""
    if unit == "yes_no":
        return "yes" if low else "no"
    text = about(low, 3) + f" to {about(high, 3)}" * (low < high)
    return (UNITS.get(unit, f"{{}} {unit.replace('_', ' ')}") or "{}").format(text)
