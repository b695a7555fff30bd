"""What a report found, as data: the one source of cards, front page, README and verdicts."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from research.words import unbroken

#: Mime type that carries the findings of a notebook to its report.
MIME = "application/vnd.research.findings+json"

#: What a reader takes in at once.
MOST_WORDS, MOST_NUMBERS = 25, 3

Text = Annotated[str, Field(min_length=1)]
Basis = Literal["data", "model", "assumptions"]


class Finding(BaseModel):
    """One answer that a report stands for, with the number behind it.

    Attributes
    ----------
    id
        Name in files and claims, such as ``market.n225_return_2025_12_24``.
    question, answer
        In words a person would say; the answer in at most 25 words and 3 numbers.
    value, low, high
        The number and the ends of its interval, in ``unit``; none where there is none.
    unit
        Such as ``pct``, ``jobs``, ``bn_usd``; empty without a number.
    interval
        Where the interval comes from, such as ``90 % of draws from the assumptions``.
    basis
        What the answer rests on: data, a model, or assumptions.
    claims
        Ids of deal/claims that it tests.
    headline
        Whether it stands on a card at the top of the report.
    """

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)

    id: Annotated[str, Field(pattern=r"^[a-z0-9_]+\.[a-z0-9_]+$")]
    question: Text
    answer: Text
    value: float | None = None
    low: float | None = None
    high: float | None = None
    unit: str = ""
    interval: str = ""
    basis: Basis
    claims: tuple[str, ...] = ()
    headline: bool = False

    @model_validator(mode="after")
    def _short_and_whole(self) -> Self:
        words = len(re.findall(r"[^\W_][^\s]*", self.answer))
        numbers = len(re.findall(r"\d[\d,.]*", _without_dates(self.answer)))
        faults = []
        if words > MOST_WORDS:
            faults.append(f"an answer of at most {MOST_WORDS} words, not {words}")
        if numbers > MOST_NUMBERS:
            faults.append(f"at most {MOST_NUMBERS} numbers in the answer, not {numbers}")
        if (self.low is None) != (self.high is None):
            faults.append("both ends of an interval, or none")
        if (self.low is not None) != bool(self.interval):
            faults.append("the source of the interval, where there is one and only there")
        if (self.value is not None) != bool(self.unit):
            faults.append("a unit, where there is a number and only there")
        if faults:
            raise ValueError("; ".join(faults))
        return self


def _without_dates(text: str) -> str:
    """Leave out days, months with years and ``$550bn``, the name of the deal: no quantities."""
    months = "January|February|March|April|May|June|July|August|September|October|November|December"
    text = re.sub(rf"(\b\d{{1,2}} )?\b({months})\b( \d{{4}})?", "", text)
    return re.sub(r"\$550bn|\bday \W?\d\b|\b(19|20)\d\d\b", "", text)


class Findings(BaseModel):
    """The findings of a report, headlines first; a notebook's last value shows them."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    findings: tuple[Finding, ...]

    def __init__(self, findings: Iterable[Finding], **rest: Any) -> None:
        super().__init__(findings=tuple(findings), **rest)

    @model_validator(mode="after")
    def _ids_once(self) -> Self:
        ids = [one.id for one in self.findings]
        twice = sorted({one for one in ids if ids.count(one) > 1})
        if twice:
            raise ValueError(f"each id once, not {', '.join(twice)} twice")
        return self

    def __iter__(self) -> Iterator[Finding]:  # type: ignore[override]
        """Go through the findings."""
        return iter(self.findings)

    def markdown(self) -> str:
        """Write the answers as a list, the others under a heading of their own."""
        head, more = (
            "\n".join(f"- {unbroken(one.answer)}" for one in self.findings if one.headline is first)
            for first in (True, False)
        )
        return head + (f"\n\n**More findings**\n\n{more}" if more else "")

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, Any]:
        shown = self.markdown()
        data = json.loads(self.model_dump_json())
        return {"text/markdown": shown, "text/plain": shown, MIME: data}
