"""LaTeX as MathML."""

import html
import re
from xml.etree.ElementTree import tostring

from latex2mathml.converter import Converter

from research.errors import Fault, ResearchError, raise_if

# What latex2mathml leaves as it stands: a command that it does not know, a sign without a partner.
_LEFT = re.compile(r"\\.*|[&{}]")


class RenderError(ResearchError):
    """An executed notebook cannot become a report as it stands (exit code 1)."""


def mathml(latex: str, *, display: bool) -> str:
    """Translate a formula to a ``<math>`` element that carries its LaTeX as alternative text.

    One that cannot be read is a `RenderError` that quotes it.
    """
    try:
        math = Converter(display="block" if display else "inline").convert_to_element(latex)
        texts = [node.text or "" for node in math.iter() if node.tag != "mtext"]
        problems = [repr(text) for text in dict.fromkeys(texts) if _LEFT.fullmatch(text)]
    # The library's errors share no class of their own.
    except Exception as error:
        problems = [f"{type(error).__name__} {error}".strip()]
    todo = r"Mend the LaTeX; write \$ for a dollar sign that means money."
    where, asked = f"formula ${latex}$", "LaTeX that latex2mathml reads"
    faults = [Fault(where, asked, problem, todo) for problem in problems]
    raise_if(RenderError, "A formula cannot be read.", faults)
    for node in math.iter():
        # latex2mathml leaves character references as text.
        node.text = html.unescape(node.text) if node.text else node.text
    math.attrib = {"display": math.get("display", "inline"), "alttext": latex.strip()}
    return tostring(math, encoding="unicode", short_empty_elements=False)
