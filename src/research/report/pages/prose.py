"""Markdown as HTML: formulas as MathML, headings with anchors, no address that leaves the page."""

import html
import posixpath
import re
from collections import Counter
from dataclasses import dataclass, field
from itertools import count
from typing import Any
from urllib.parse import urlsplit
from xml.etree.ElementTree import tostring

import mistune
from bs4 import BeautifulSoup, Tag
from latex2mathml.converter import Converter
from mistune.plugins.math import BLOCK_MATH_PATTERN, parse_block_math
from mistune.util import escape, striptags
from pygments import highlight as _highlight  # type: ignore[import-untyped]
from pygments.formatters import HtmlFormatter  # type: ignore[import-untyped]
from pygments.lexers import get_lexer_by_name  # type: ignore[import-untyped]
from pygments.util import ClassNotFound  # type: ignore[import-untyped]

from research.errors import Fault, ResearchError
from research.report.pages.tables import boxed, numbered
from research.words import unbroken

#: Documents that are rendered beside the reports, each at its own path.
DOCUMENTS = (
    *(f"docs/{name}.md" for name in (
        "glossary", "methods", "assumptions", "how_time_works", "running", "live_data",
        "publishing", "replication", "scaling", "syllabus", "teaching", "validation",
        "methods/claims", "methods/deal", "methods/events", "methods/jobs", "methods/tariffs",
        "tutorials/event_study", "tutorials/jobs", "tutorials/tariffs",
    )), "data/LICENSE.md", "data/README.md",
)  # fmt: skip

#: Anchors that the page itself uses.
RESERVED = ("main", "contents", "key-findings", "parameters", "provenance", "downloads", "cite")

# As in pandoc: no blank within the dollars, no digit behind them ($36); US$ is money too.
_INLINE_MATH = r"(?<![\w$])\$(?![\s$])(?P<latex>(?:[^$\\\n]|\\.)+?)(?<!\s)(?<!US)\$(?![\d$])"
# Names, signs and blanks are half of all tokens and have no colour of their own.
_PLAIN = re.compile(r'<span class="(?:n|na|nv|nx|o|p|w)">([^<]*)</span>')
# What latex2mathml leaves as it stands: a command that it does not know, a sign without a partner.
_LEFT = re.compile(r"\\.*|[&{}]")
# LaTeX that stands in no formula.
_LEFT_OVER = re.compile(r"\\[A-Za-z]{2,}|(?<!\\)\$\$")


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading of the page: its level (1 to 6), its anchor and its words."""

    level: int
    anchor: str
    text: str


@dataclass(eq=False, slots=True)
class Labels:
    """What a page has named so far, so that no name comes twice.

    ``place`` is the file that the page is made from, which its relative links start at; ``tables``
    are its tables by their names, with a title each, ``faults`` what could not be shown.
    """

    taken: set[str] = field(default_factory=lambda: set(RESERVED))
    counts: Counter[str] = field(default_factory=Counter)
    tables: dict[str, tuple[str, Tag]] = field(default_factory=dict)
    headings: list[Heading] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    place: str = "notebooks/report.ipynb"

    @property
    def section(self) -> str:
        """The heading that the page is under now."""
        return self.headings[-1].text if self.headings else "the start"

    def anchor(self, words: str) -> str:
        """Make an anchor from words as GitHub does, with a number where they come again."""
        slug = re.sub(r"[^\w -]", "", words.casefold()).replace(" ", "-") or "section"
        numbered = (f"{slug}-{number}" if number else slug for number in count())
        anchor = next(one for one in numbered if one not in self.taken)
        self.taken.add(anchor)
        return anchor

    def numbered(self, kind: str) -> str:
        """Give the next number of a kind, as ``Table 3``."""
        self.counts[kind] += 1
        return f"{kind} {self.counts[kind]}"


def highlight(code: str, language: str = "python") -> str:
    """Give code as a box that the keyboard can scroll; an unknown language stays plain."""
    name = (language.split(maxsplit=1) or ["text"])[0]
    try:
        lexer = get_lexer_by_name(name)
    except ClassNotFound:
        lexer = get_lexer_by_name("text")
    body = _PLAIN.sub(r"\1", _highlight(code, lexer, HtmlFormatter(nowrap=True)))
    return f'<pre class="code" tabindex="0"><code>{body}</code></pre>\n'


def to_html(source: str, labels: Labels, where: str) -> str:
    """Translate Markdown with ``$..$`` and ``$$..$$`` formulas; raw HTML in it is shown as text.

    The page's ``labels`` get headings and faults of this source; ``where`` names the cell in them.
    """
    plugins: list[Any] = ["table", "strikethrough", "url", _formulas]
    markdown = mistune.create_markdown(renderer=_Renderer(labels, where), plugins=plugins)
    return str(markdown(source))


def page_of(file: str) -> str | None:
    """Give the page made from a Markdown file or notebook, or a report's, from ``reports/``."""
    folder, name = posixpath.split(file)
    if folder in ("notebooks", "notebooks/teaching") and name.endswith((".ipynb", ".html")):
        return posixpath.join(folder[len("notebooks/") :], f"{name.rpartition('.')[0]}.html")
    return f"{file.removesuffix('.md')}.html" if file in DOCUMENTS else None


def page_head(labels: Labels, document: str) -> dict[str, Any]:
    """Give what stands above a document: title, path, way home, headings for its contents."""
    page, headings = str(page_of(document)), labels.headings
    return {
        "title": next((one.text for one in headings if one.level == 1), document),
        "path": page.removesuffix(".html"),
        "home": posixpath.relpath("index.html", posixpath.dirname(page) or "."),
        "headings": [one for one in headings if one.level in (2, 3)],
    }


def plain(markup: str) -> str:
    """Give the words of trusted HTML, for a place that takes no markup."""
    return " ".join(html.unescape(striptags(markup)).split())


class RenderError(ResearchError):
    """An executed notebook cannot become a report as it stands (exit code 1)."""


def mathml(latex: str, *, display: bool) -> str:
    """Translate a formula to a ``<math>`` element that carries its LaTeX as alternative text.

    One that cannot be read is an error of the library, or a `ValueError` with what it left over.
    """
    math = Converter(display="block" if display else "inline").convert_to_element(latex)
    texts = [node.text or "" for node in math.iter() if node.tag != "mtext"]
    if left := [text for text in dict.fromkeys(texts) if _LEFT.fullmatch(text)]:
        raise ValueError(", ".join(left))
    for node in math.iter():
        # latex2mathml leaves character references as text.
        node.text = html.unescape(node.text) if node.text else node.text
    math.attrib = {"display": math.get("display", "inline"), "alttext": latex.strip()}
    return tostring(math, encoding="unicode", short_empty_elements=False)


class _Renderer(mistune.HTMLRenderer):
    def __init__(self, labels: Labels, where: str) -> None:
        super().__init__(escape=True)
        self.labels, self.where = labels, where

    def heading(self, text: str, level: int, **attrs: Any) -> str:
        words = plain(text)
        if level == 1 and self.labels.headings:
            todo = "Start it with ## instead: the page has one title."
            self._fault("one heading of level 1, at the start", repr(words), todo)
        anchor = "main" if level == 1 else self.labels.anchor(words)
        self.labels.headings.append(Heading(level, anchor, words))
        if level == 1:
            return ""  # the page's own title stands for it
        return f'<h{level} id="{escape(anchor)}">{text}</h{level}>\n'

    def text(self, text: str) -> str:
        if found := _LEFT_OVER.search(text):
            todo = "Put the formula between $$ .. $$."
            self._fault("LaTeX between $ or $$", repr(found[0]), todo)
        return super().text(unbroken(text))

    def link(self, text: str, url: str, title: str | None = None) -> str:
        parts = urlsplit(url)
        if url.startswith("#"):
            return f'<a href="{escape(url)}">{text}</a>'
        if parts.scheme in ("http", "https"):
            # A link loads nothing, and the other side is not told where the reader comes from.
            return f'<a href="{escape(url)}" rel="noreferrer">{text}</a>'
        if parts.scheme in ("", "mailto") and not url.startswith("//"):
            return self._relative(text, parts.path, parts.fragment)
        return f'{text} <span class="host">(address taken out)</span>'

    def _relative(self, text: str, path: str, fragment: str) -> str:
        """Lead to the page of another file; name a file of the project that has none."""
        place = self.labels.place
        file = posixpath.normpath(posixpath.join(posixpath.dirname(place), path))
        if page := page_of(file):
            page = posixpath.relpath(page, posixpath.dirname(page_of(place) or "") or ".")
            return f'<a href="{escape(f"{page}#{fragment}".rstrip("#"))}">{text}</a>'
        place = "" if file in striptags(text) else f' <span class="host">({escape(file)})</span>'
        return text + place

    def image(self, text: str, url: str, title: str | None = None) -> str:
        self._fault("no picture in Markdown", f"![{text}]", "Make it a research.figures.Figure.")
        return ""

    def block_code(self, code: str, info: str | None = None) -> str:
        return highlight(code, info or "")

    def table(self, text: str) -> str:
        soup = BeautifulSoup(f"<table>\n{text}</table>", "html.parser")
        return numbered(boxed(soup), self.labels)

    def table_cell(self, text: str, align: str | None = None, head: bool = False) -> str:
        # mistune's own cell carries a style attribute, which the page's policy refuses.
        name, scope = ("th", ' scope="col"') if head else ("td", "")
        side = f' class="{align}"' if align else ""
        return f"  <{name}{scope}{side}>{text}</{name}>\n"

    def block_math(self, text: str) -> str:
        label = self.labels.numbered("Formula")
        box = f'<div class="formula" tabindex="0" role="group" aria-label="{label}">'
        return f"{box}{self._mathml(text, display=True)}</div>\n"

    def _mathml(self, latex: str, *, display: bool) -> str:
        try:
            return mathml(latex, display=display)
        except Exception as error:  # those of the library share no class of their own
            todo = r"Mend the LaTeX; write \$ for a dollar sign that means money."
            problem = f"${latex}$: {type(error).__name__} {error}".strip()
            self._fault("LaTeX that latex2mathml reads", problem, todo)
            return ""

    def inline_math(self, text: str) -> str:
        return self._mathml(text, display=False)

    def _fault(self, asked: str, found: str, todo: str) -> None:
        self.labels.faults.append(Fault(self.where, asked, found, todo))


def _formulas(md: mistune.Markdown) -> None:
    """Add formulas to a Markdown reader as mistune does, but leave dollars that mean money."""
    md.block.register("block_math", BLOCK_MATH_PATTERN, parse_block_math, before="list")
    md.inline.register("inline_math", _INLINE_MATH, _read_inline, before="escape")


def _read_inline(_: Any, match: re.Match[str], state: Any) -> int:
    state.append_token({"type": "inline_math", "raw": match["latex"]})
    return match.end()
