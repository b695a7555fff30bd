"""Formulas: which dollar signs mean one, and LaTeX as MathML."""

import html
import re
from collections.abc import Iterator
from xml.etree.ElementTree import Element, tostring

from latex2mathml import commands
from latex2mathml.converter import Converter

from research.errors import Fault, ResearchError, raise_if

# `$550bn`, `$36 billion`, `$5 a share`: an amount, whatever comes after it.
_MONEY = re.compile(
    r"\d[\d,.]*\s?(?:bn|tn|mn|m|k|billion|million|trillion|thousand)\b|\d[\d,.]*[\s-]+[A-Za-z]{2,}"
)
_LATEX_MARK = re.compile(r"\\[A-Za-z]+|[\\^_{}]")
_WORD = re.compile(r"[A-Za-z]{2,}")
_ENVIRONMENT = re.compile(r"\\begin\{([^}]*)\}")

# latex2mathml builds these with fewer children when the LaTeX breaks off in the middle.
_CHILDREN = dict.fromkeys(("mfrac", "mroot", "msub", "msup", "munder", "mover"), 2)
_CHILDREN |= {"msubsup": 3, "munderover": 3}


class RenderError(ResearchError):
    """An executed notebook cannot become a report as it stands (exit code 1)."""


def is_formula(content: str) -> bool:
    """Tell whether what stands between two dollar signs is mathematics, not money and words."""
    if not content.strip() or _MONEY.match(content.lstrip()):
        return False
    if _LATEX_MARK.search(content):
        return True
    padded = content[0].isspace() or content[-1].isspace()
    return not padded and not (content[0].isdigit() and _WORD.search(content))


def mathml(latex: str, *, display: bool) -> str:
    """Translate a formula to a ``<math>`` element that carries its LaTeX as alternative text.

    One that cannot be read is a `RenderError` that quotes it.
    """
    summary, known = "A formula cannot be read.", latex.replace("{aligned}", "{align*}")
    try:  # the library knows one of the two environments, and they look alike
        math = Converter(display="block" if display else "inline").convert_to_element(known)
    # The library's errors share no class of their own.
    except Exception as error:
        problem = f"{type(error).__name__} {error}".strip()
        raise RenderError(summary, [_fault(latex, problem)]) from error
    problems = dict.fromkeys(_problems(known, math))
    raise_if(RenderError, summary, [_fault(latex, problem) for problem in problems])
    for node in math.iter():
        # latex2mathml leaves character references as text.
        node.text = html.unescape(node.text) if node.text else node.text
    math.attrib = {"display": math.get("display", "inline"), "alttext": latex.strip()}
    return tostring(math, encoding="unicode", short_empty_elements=False)


def _fault(latex: str, problem: str) -> Fault:
    todo = r"Mend the LaTeX; write \$ for a dollar sign that means money."
    return Fault(f"formula ${latex}$", "LaTeX that latex2mathml reads", problem, todo)


def _problems(latex: str, math: Element) -> Iterator[str]:
    for name in _ENVIRONMENT.findall(latex):
        if f"\\{name}" not in commands.MATRICES:
            yield f"unknown environment {name!r}"
    for node in math.iter():
        text = node.text or ""
        if node.tag != "mtext" and text.startswith("\\"):
            yield f"unknown command {text!r}"
        if text in ("&", "{", "}"):
            yield f"a {text!r} with no partner"
        if len(node) < _CHILDREN.get(node.tag, 0):
            yield f"an argument is missing in <{node.tag}>"
        if node.tag == "mspace" and node.get("linebreak"):
            yield r"a line break \\ outside of an environment"
