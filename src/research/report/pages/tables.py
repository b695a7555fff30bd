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
_ACTIVE = re.compile(r"(?i)<(script|iframe|object|embed|form|input|button|img|video|svg)\b")
# A style's own text would stay behind it.
_STYLE = re.compile(r"(?is)<style\b.*?(?:</style\s*>|\Z)")

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
    return sorted({name.lower() for name in _ACTIVE.findall(markup)})


def safe_html(markup: str, labels: Labels) -> str:
    """Reduce an HTML output of a cell to text and tables, and make its tables accessible.

    Styles, handlers and unknown elements go; their text stays. ``[words](web address)`` in
    the text is a plain link, and ``[words](#anchor)`` one within the reports. Each table stands
    in a box of its own that scrolls, with ``scope`` on its headers and numbers to the right.
    """
    return numbered(_readable(markup), labels).strip()


@functools.cache  # Page and workbook both ask.
def _readable(markup: str) -> BeautifulSoup:
    """Leave texts and tables of an HTML output, without styles, handlers and unknown elements."""
    shown, tags = _STYLE.sub("", markup), _TABLE | _TEXT | _MORE
    soup = BeautifulSoup(bleach.clean(shown, tags, _is_span, [], strip=True), "html.parser")
    for text in soup.find_all(string=_LINK):
        linked = _LINK.sub(r'<a href="\2" rel="noreferrer">\1</a>', escape(text, quote=False))
        text.replace_with(BeautifulSoup(linked, "html.parser"))
    for table in soup.find_all("table"):
        _dress(table)
    return boxed(soup)


def _is_span(_: str, name: str, value: str) -> bool:
    return name in ("colspan", "rowspan") and value.isdecimal()


def numbered(soup: BeautifulSoup, labels: Labels) -> str:
    """Name the boxes of tables after those before them on a page, and give all as HTML."""
    for box in soup.find_all(class_="table-box"):
        name, caption = labels.numbered("Table"), box.find("caption")
        title = caption.get_text(" ", strip=True) if caption else ""
        box["aria-label"] = f"{name}: {title}" if title else name
        labels.tables[name] = title or labels.section, box
    return str(soup)


def boxed(soup: BeautifulSoup) -> BeautifulSoup:
    """Put each table into a box that scrolls by itself, also with the keyboard.

    The cells of a wide or wordy one get their headings: a phone shows a row as a list.
    """
    for table in soup.find_all("table"):
        (heads, rows), width = cells(table), columns(table)
        longest = max((len(cell.get_text()) for row in rows for cell in row), default=0)
        is_list = heads and all(len(row) == width for row in heads[-1:] + rows)
        if is_list and (longest > _WORDY_CHARS or width > _FITTING):
            table["class"] = "stacked"
            for head, *below in zip(heads[-1], *rows, strict=True):
                for cell in below:
                    cell["data-label"] = " ".join(head.get_text().split())
        told = {"class": "table-box", "role": "region", "tabindex": "0", "aria-label": ""}
        table.wrap(soup.new_tag("div", attrs=told)).insert_after("\n")
    return soup


def _dress(table: Tag) -> None:
    """Say what each header heads, and class each column by what it holds."""
    both = cells(table)
    for kind, rows in zip(("col", "row"), both, strict=True):
        for cell in (cell for row in rows for cell in row if cell.name == "th"):
            if cell.get_text(strip=True):
                cell["scope"] = f"{kind}group" if span(cell, kind) > 1 else kind
            else:  # it names nothing: a screen reader should pass over it
                cell.name = "td"
    # Columns are counted from the right: spans stand at the left.
    heads, rows = ([row[::-1] for row in some] for some in both)
    for position in range(max(map(len, rows), default=0)):
        column = [row[position] for row in rows if len(row) > position]
        kind = _kind(column)
        for cell in column:
            cell["class"] = kind
        for row in heads:
            if kind == "right" and len(row) > position and all(span(cell) == 1 for cell in row):
                row[position]["class"] = kind


def _kind(column: list[Tag]) -> str:
    """Name a column's content: ``right`` (numbers), ``short`` words, ``text``, ``long`` text."""
    texts = {cell.get_text(strip=True) for cell in column if cell.name == "td"}
    told = {text for text in texts if text.casefold() not in _BLANK}
    if told and all(map(_NUMBER.fullmatch, told)):
        return "right"
    longest = max(len(cell.get_text(" ", strip=True)) for cell in column)
    return "short" if longest <= _SHORT_CHARS else "long" if longest > _LONG_CHARS else "text"


def cells(table: Tag) -> list[list[list[Tag]]]:
    """Give the cells of the rows of the head, and those of the others."""
    both: list[list[list[Tag]]] = [[], []]
    for row in table.find_all("tr"):
        found = [one for one in row.children if isinstance(one, Tag) and one.name in ("td", "th")]
        both[row.find_parent("thead") is None].append(found)
    return both


def columns(table: Tag) -> int:
    """Count the columns of a table."""
    return max(sum(map(span, row)) for rows in cells(table) for row in rows)


def span(cell: Tag, kind: str = "col") -> int:
    """Say how many columns, or rows, a cell is across."""
    return int(str(cell.get(f"{kind}span") or 1))
