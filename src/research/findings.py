"""What a report found, as data: the one source of cards, front page, README and verdicts."""

import hashlib
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Annotated, Any, Literal, Self

from pydantic import AfterValidator, BaseModel, Field, ValidationError, model_validator

from research.words import about, unbroken

#: Mime type that carries the findings of a notebook to its report.
MIME = "application/vnd.research.findings+json"

#: What a reader takes in at once.
MOST_WORDS, MOST_NUMBERS, MOST_CLAIMED = 25, 3, 12

#: Ten digits: those behind them differ from one processor to the next; of draws, two before them.
Number = Annotated[float, AfterValidator(lambda number: float(f"{number:.10g}"))]
Quantile = Annotated[float, AfterValidator(lambda number: float(f"{number:.8g}"))]

Text = Annotated[str, Field(min_length=1)]
Basis = Literal["data", "model", "assumptions"]


class Finding(BaseModel, extra="forbid", frozen=True, allow_inf_nan=False):
    """One answer that a report stands for, with the number behind it.

    The answer has at most 25 words and 3 numbers; value, ``low`` and ``high`` are in ``unit``
    (``pct``, ``jobs``, ``bn_usd``); ``interval`` says where low and high come from; ``basis`` what
    the answer rests on; ``claims`` are ids of deal/claims that it tests, ``claimed`` what was said
    instead, in a few words; a ``headline`` stands on a card. ``quantiles`` holds, for each prior
    named, the 1 to 99 % quantiles of the draws, from which the chance of a claim is read.
    """

    id: Annotated[str, Field(pattern=r"^[a-z0-9_]+\.[a-z0-9_]+$")]
    question: Text
    answer: Text
    value: Number | None = None
    low: Number | None = None
    high: Number | None = None
    unit: str = ""
    interval: str = ""
    basis: Basis
    claims: tuple[str, ...] = ()
    claimed: str = ""
    headline: bool = False
    quantiles: dict[str, Annotated[tuple[Quantile, ...], Field(min_length=99, max_length=99)]] = {}

    @model_validator(mode="after")
    def _short_and_whole(self) -> Self:
        words = len(re.findall(r"[^\W_][^\s]*", self.answer))
        numbers = len(re.findall(r"\d[\d,.]*", _without_dates(self.answer)))
        faults = []
        if words > MOST_WORDS:
            faults.append(f"an answer of at most {MOST_WORDS} words, not {words}")
        if numbers > MOST_NUMBERS:
            faults.append(f"at most {MOST_NUMBERS} numbers in the answer, not {numbers}")
        if len(self.claimed.split()) > MOST_CLAIMED:
            faults.append(f"at most {MOST_CLAIMED} words of what was claimed")
        if (self.low is None) != (self.high is None):
            faults.append("both ends of an interval, or none")
        if (self.low is not None) != bool(self.interval):
            faults.append("the source of the interval, where there is one and only there")
        ends = tuple(end for end in (self.low, self.high) if end is not None)
        if any(row != tuple(sorted(row)) for row in (ends, *self.quantiles.values())):
            faults.append("ends of an interval and quantiles in rising order")
        if (self.value is not None) != bool(self.unit):
            faults.append("a unit, where there is a number and only there")
        if faults:
            raise ValueError("; ".join(faults))
        return self

    @property
    def anchor(self) -> str:
        """Give the name of the place on its report's page that shows it."""
        return f"finding-{self.id.replace('.', '-')}"


def _without_dates(text: str) -> str:
    """Leave out days, months with years and ``$550bn``, the name of the deal: no quantities."""
    months = "January|February|March|April|May|June|July|August|September|October|November|December"
    text = re.sub(rf"(\b\d{{1,2}} )?\b({months})\b( \d{{4}})?", "", text)
    return re.sub(r"\$550bn|\bday \W?\d\b|\b(19|20)\d\d\b", "", text)


class Findings(BaseModel, extra="forbid", frozen=True):
    """The findings of a report, headlines first; a notebook's last value shows them.

    The first headline is the answer to the report's question; ``figure`` names the figure that
    stands beside it, ``data_to`` says up to when things are known.
    """

    findings: tuple[Finding, ...]
    figure: str = ""
    data_to: str = ""

    def __init__(self, findings: Iterable[Finding] = (), **rest: Any) -> None:
        super().__init__(findings=findings, **rest)

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
            "\n".join(f"- {escaped(one.answer)}" for one in self.findings if one.headline is first)
            for first in (True, False)
        )
        return head + (f"\n\n**More findings**\n\n{more}" if more else "")

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, Any]:
        shown = self.markdown()
        data = json.loads(self.model_dump_json())
        return {"text/markdown": shown, "text/plain": shown, MIME: data}


def escaped(answer: str) -> str:
    """Write a plain sentence as Markdown: no sign of it is markup or a formula."""
    return re.sub(r"([\\`*_$\[\]<>|~])", r"\\\1", unbroken(answer))


#: How a number reads with its unit, which else stands behind it; some say nothing by themselves.
UNITS = {"pct": "{}\N{NO-BREAK SPACE}%", "pp": "{} points", "bn_usd": "${}bn", "usd": "${}"}
UNITS |= {"tn_jpy": "{} trillion yen", "bn_jpy": "{} billion yen"}
UNITS |= dict.fromkeys(("share", "count", "ratio", "indices", "probability", "yes_no"), "")


def amount(finding: Finding) -> tuple[str, str]:
    """Write value and interval as the answer prints them, or with two digits that count.

    Empty where a number alone would say nothing: ``0.2`` of a share is left to the answer.
    """
    unit = UNITS.get(finding.unit, f"{{}} {finding.unit.replace('_', ' ')}")
    if finding.value is None or not unit:
        return "", ""
    value = _said(finding.value, finding.answer)
    if finding.low is None or finding.high is None:
        return with_unit(unit, value), ""
    digits = max(len(re.sub(r"\D", "", value).strip("0")), 2)
    low, high = (_said(end, finding.answer, digits) for end in (finding.low, finding.high))
    if finding.low < 0 < finding.high or "+" in low + high:  # both ends with a sign, or none
        signs = ("+" if end > 0 else "" for end in (finding.low, finding.high))
        low, high = (s + x.removeprefix("+") for s, x in zip(signs, (low, high), strict=True))
    if not unit.startswith("{} "):
        low, high = with_unit(unit, low).removesuffix("\N{NO-BREAK SPACE}%"), with_unit(unit, high)
    return with_unit(unit, value), f"{low} to {high} ({finding.interval})"


def told(findings: Iterable[Finding]) -> str:
    """Write findings for a terminal: question and answer, then number, interval and its source."""
    lines = []
    for one in findings:
        value, interval = amount(one)
        lines.append(
            f"- {one.question} {one.answer}" + (f"\n  {value}, {interval}" * bool(interval))
        )
    return "\n".join(lines)


def with_unit(unit: str, number: str) -> str:
    """Write a number with its unit, as `UNITS` has it, a sign before the currency."""
    return re.sub(r"^\$([+\N{MINUS SIGN}])", r"\1$", unit.format(number))


def _said(value: float, answer: str, digits: int = 0) -> str:
    """Write a number as the answer prints it, else with so many digits, else with two or three.

    With ``digits`` it is an end: a coarse number that stands for another is not taken for it.
    """
    printed = []
    for text in re.findall(r"\d+(?:,\d{3})*(?:\.\d+)?", _without_dates(answer)):
        whole, _, decimals = text.replace(",", "").partition(".")
        places = len(decimals) or len(whole.rstrip("0") or "0") - len(whole)
        number = float(text.replace(",", ""))
        is_near = abs(abs(value) - number) <= (0.1 * number if digits else number / 2)
        if is_near and abs(round(value, places)) == number:
            sign = "\N{MINUS SIGN}" if value < 0 else "+" if f"+{text}" in answer else ""
            printed.append((places, f"{sign}{text}"))
    if printed:
        return max(printed)[1]
    return about(value, digits or (3 if value == float(f"{value:.3g}") else 2))


class KeptFindings(BaseModel, extra="forbid"):
    """The file ``RUN.findings.json`` beside a report, see ``docs/running.md``."""

    schema_version: Literal[2] = 2
    run: str
    notebook: str
    parameters: dict[str, Any]
    data_to: str = ""
    figure: str = ""
    figure_title: str = ""
    figure_alt: str = ""
    findings: tuple[Finding, ...]


def bundle_of(cells: Iterable[Mapping[str, Any]]) -> Findings:
    """Take the findings out of the outputs of an executed notebook's cells, as one bundle."""
    shown = [out.get("data", {}) for cell in cells for out in cell.get("outputs", [])]
    bundles = [Findings.model_validate(data[MIME]) for data in shown if MIME in data]
    beside = {
        key: text for one in bundles for key in ("figure", "data_to") if (text := getattr(one, key))
    }
    return Findings((finding for bundle in bundles for finding in bundle), **beside)


def kept_findings(
    notebook: Mapping[str, Any], manifest: Mapping[str, Any], figure: Mapping[str, str]
) -> dict[str, Any]:
    """Give the content of the file of findings of a run with the words of its headline figure."""
    about = {key: manifest[key] for key in ("run", "notebook", "parameters")}
    bundle = bundle_of(notebook["cells"])
    told = {key: getattr(bundle, key) for key in ("data_to", "figure", "findings")}
    words = {f"figure_{key}": figure.get(key, "") for key in ("title", "alt")}
    kept = KeptFindings(**about, **told, **words)
    return kept.model_dump(mode="json")


def read_findings(file: Path, manifest: Mapping[str, Any]) -> KeptFindings | None:
    """Read the findings beside a report; none where they are missing or edited."""
    try:
        text = file.read_bytes()
        kept = KeptFindings.model_validate_json(text)
    except (OSError, ValueError, ValidationError):
        return None
    fits = manifest.get("files", {}).get(file.name) == hashlib.sha256(text).hexdigest()
    return kept if fits else None
