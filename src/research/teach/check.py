"""What a student is told of an answer: right or wrong, how far off, which slip; no answer."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from numbers import Real

from research.errors import nearest

#: A number, or a text such as the name of a group.
Answer = float | str

#: Relative distances from the truth, and what is said within each.
_DISTANCES = {0.01: "within 1 %", 0.1: "within 10 %", 1.0: "within a factor of two"}


@dataclass(frozen=True, slots=True)
class Question:
    """A question of a lesson.

    ``truth`` computes the answer from the lesson's data; a number is right within ``tolerance`` of
    it, a share of its size. ``slips`` are what an error that people make gives, by what it is.
    """

    truth: Callable[[], Answer]
    unit: str = ""
    tolerance: float = 0.005
    slips: Mapping[str, Callable[[], Answer]] = field(default_factory=dict)

    def verdict(self, value: object) -> tuple[bool, str]:
        """Say whether a value is right, and in words what is wrong with it."""
        truth = self.truth()
        if getattr(value, "ndim", 1) == 0:  # one number of numpy, such as a sum
            value = value.item()  # type: ignore[attr-defined]
        if isinstance(truth, str):
            return self._named(value, truth)
        if isinstance(value, bool) or not isinstance(value, Real):
            return False, f"A number is asked for{self._in_unit()}, not {type(value).__name__}."
        number = float(value)
        if not math.isfinite(number):
            return False, f"A number is asked for{self._in_unit()}, not {number}."
        if _is_near(number, truth, self.tolerance):
            return True, "Right."
        slips = {**self.slips, **_usual_slips(truth)}
        made = (slip for slip, gives in slips.items() if _is_near(number, gives(), self.tolerance))
        return False, f"Not right: {_distance(number, truth)}. " + next(
            (f"It is what one gets with {slip}." for slip in made), "No usual slip gives it."
        )

    def _named(self, value: object, truth: str) -> tuple[bool, str]:
        if not isinstance(value, str):
            return False, f"A text is asked for, not {type(value).__name__}."
        said = value.strip().casefold()
        if said == truth.casefold():
            return True, "Right."
        made = (slip for slip, gives in self.slips.items() if str(gives()).casefold() == said)
        return False, "Not right." + next((f" The slip: {slip}." for slip in made), "")

    def _in_unit(self) -> str:
        return f" ({self.unit})" if self.unit else ""


class Checker:
    """Checks the answers of one lesson: ``check("q3", value)`` prints what is right or wrong."""

    def __init__(self, questions: Mapping[str, Question]) -> None:
        self.questions = questions

    def __call__(self, name: str, value: object) -> None:
        """Print whether an answer is right, how far off, and which slip gives it."""
        print(f"{name}: {self._verdict(name, value)[1]}")

    def passes(self, name: str, value: object) -> bool:
        """Say whether an answer is right; it is for tests."""
        return self._verdict(name, value)[0]

    def _verdict(self, name: str, value: object) -> tuple[bool, str]:
        question = self.questions.get(name)
        if question is None:
            return False, f"There is no such question. {nearest(str(name), [*self.questions])}"
        if value is None or value is ...:
            return False, "No answer yet."
        return question.verdict(value)


def _usual_slips(truth: float) -> dict[str, Callable[[], float]]:
    return {
        "the other sign": lambda: -truth,
        "per cent for a share": lambda: 100 * truth,
        "a share for per cent": lambda: truth / 100,
    }


def _is_near(value: float, other: object, tolerance: float) -> bool:
    return isinstance(other, float | int) and math.isclose(
        value, other, rel_tol=tolerance, abs_tol=1e-12
    )


def _distance(value: float, truth: float) -> str:
    """Say how far off a value is, in steps from which the truth cannot be worked out."""
    if value * truth < 0:
        return "the sign is not that of the answer"
    side = "too large" if abs(value) > abs(truth) else "too small"
    apart = abs(math.log(value / truth)) if value * truth > 0 else math.inf
    near = (words for size, words in _DISTANCES.items() if apart <= math.log1p(size))
    return f"{side}, {next(near, 'by more than a factor of two')}"
