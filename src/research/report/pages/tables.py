"""HTML outputs, tables above all: made safe, then readable by eye, by ear and on a phone."""

from __future__ import annotations

import functools
import re
from html import escape
from typing import TYPE_CHECKING

import bleach  # type: ignore[import-untyped]
from bs4 import BeautifulSoup, Tag

if TYPE_CHECKING:
    from research.report.pages.prose import Labels


_TABLE = {"table", "caption", "colgroup", "col", "thead", "tbody", "tfoot", "tr", "th", "td"}
_TEXT = {"p", "div", "span", "br", "hr", "b", "strong", "i", "em", "u", "s", "small", "sub", "sup"}
_MORE = {"code", "pre", "ul", "ol", "li", "dl", "dt", "dd", "abbr", "blockquote"}

# These do something or load something; a report has neither, so their author must know.
_ACTIVE = ("script", "iframe", "object", "embed", "form", "input", "button", "img", "video", "svg")

_NUMBER = re.compile(
    r"[-+\u2212]?[$¥€]?[\d,]*\.?\d+(?:e[-+]?\d+)?\s?(?:%|pp|bp|bn|tn|mn|x)?\*{0,3}", re.IGNORECASE
)
# Cells up to this length stay on one line; columns with longer ones than the second get room.
_SHORT_CHARS, _LONG_CHARS = 20, 28

# Quotes and signs of markup would end the attribute; else it is a place of a report.
_LINK = re.compile(r"\[([^\]]+)\]\((https?://[^\s)\"<>]+|(?:\w+\.html)?#[\w-]+)\)")

# On a phone a table up to this wide, whose cells are no longer than this, stays a table.
_FITTING, _WORDY_CHARS = 4, 60

_BLANK = {"", "-", "–", "—", "nan", "na", "n/a", "<na>", "none", "nat"}


def active_elements(markup: str) -> list[str]:
    """List the elements of HTML that would run or load something."""
    soup = BeautifulSoup(markup, "html.parser")
    return sorted({str(tag.name) for tag in soup.find_all(_ACTIVE)})


def safe_html(markup: str, labels: Labels) -> str:
    """Reduce an HTML output of a cell to text and tables, and make its tables accessible.

    Styles, handlers and unknown elements go; their text stays. ``[words](web address)`` in
    the text is a plain link, and ``[words](#anchor)`` one within the reports. Each table stands
    in a box of its own that scrolls, with ``scope`` on its headers and numbers to the right.
    """
    soup = BeautifulSoup(_clean(markup), "html.parser")
    for text in soup.find_all(string=_LINK):
        linked = _LINK.sub(r'<a href="\2" rel="noreferrer">\1</a>', escape(text, quote=False))
        text.replace_with(BeautifulSoup(linked, "html.parser"))
    for table in soup.find_all("table"):
        _dress(table)
        table.replace_with(BeautifulSoup(boxed(table, labels), "html.parser"))
    return str(soup).strip()


@functools.cache  # Page and workbook both ask.
def _clean(markup: str) -> str:
    """Leave texts and tables of an HTML output, without styles, handlers and unknown elements."""
    soup = BeautifulSoup(markup, "html.parser")
    for style in soup.find_all("style"):
        style.decompose()
    tags, spans = _TABLE | _TEXT | _MORE, ("colspan", "rowspan")
    found = bleach.clean(
        str(soup), tags, lambda _, name, value: name in spans and value.isdecimal(), [], strip=True
    )
    return str(found)


def boxed(table: Tag, labels: Labels) -> str:
    """Put a table, numbered, into a box that scrolls by itself, also with the keyboard.

    The cells of a wide or wordy one get their headings: a phone shows a row as a list.
    """
    label, caption = labels.numbered("Table"), table.find("caption")
    label += f": {caption.get_text(' ', strip=True)}" if caption else ""
    heads, rows = _cells(table)
    longest = max((len(cell.get_text()) for row in rows for cell in row), default=0)
    width = labels.widths[label] = max(sum(map(_span, row)) for row in heads + rows)
    is_list = heads and all(len(row) == width for row in heads[-1:] + rows)
    if is_list and (longest > _WORDY_CHARS or width > _FITTING):
        table["class"] = "stacked"
        for head, *cells in zip(heads[-1], *rows, strict=True):
            for cell in cells:
                cell["data-label"] = " ".join(head.get_text().split())
    box = f'<div class="table-box" role="region" tabindex="0" aria-label="{escape(label)}">'
    return f"{box}{table}</div>\n"


def _dress(table: Tag) -> None:
    """Say what each header heads, and class each column by what it holds."""
    for kind, span, rows in zip(("col", "row"), ("colspan", "rowspan"), _cells(table), strict=True):
        for cell in (cell for row in rows for cell in row if cell.name == "th"):
            if cell.get_text(strip=True):
                cell["scope"] = f"{kind}group" if _span(cell, span) > 1 else kind
            else:  # it names nothing: a screen reader should pass over it
                cell.name = "td"
    # Columns are counted from the right: spans stand at the left.
    heads, rows = ([row[::-1] for row in some] for some in _cells(table))
    for position in range(max(map(len, rows), default=0)):
        column = [row[position] for row in rows if len(row) > position]
        kind = _kind(column)
        for cell in column:
            cell["class"] = kind
        for row in heads:
            if kind == "right" and len(row) > position and all(_span(cell) == 1 for cell in row):
                row[position]["class"] = kind


def _kind(column: list[Tag]) -> str:
    """Name a column's content: ``right`` (numbers), ``short`` words, ``text``, ``long`` text."""
    texts = {cell.get_text(strip=True) for cell in column if cell.name == "td"}
    told = {text for text in texts if text.casefold() not in _BLANK}
    if told and all(map(_NUMBER.fullmatch, told)):
        return "right"
    longest = max(len(cell.get_text(" ", strip=True)) for cell in column)
    if longest <= _SHORT_CHARS:
        return "short"
    return "long" if longest > _LONG_CHARS else "text"


def _cells(table: Tag) -> list[list[list[Tag]]]:
    """Give the cells of the rows of the head, and those of the others."""
    rest = [row for row in table.find_all("tr") if row.find_parent("thead") is None]
    both = (table.select("thead tr"), rest)
    return [[list(row.find_all(["td", "th"])) for row in rows] for rows in both]


def _span(cell: Tag, name: str = "colspan") -> int:
    return int(str(cell.get(name) or 1))
