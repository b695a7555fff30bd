"""HTML outputs, tables above all: made safe, then readable by eye, by ear and on a phone."""

from __future__ import annotations

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

# Quotes and signs of markup would end the attribute.
_LINK = re.compile(r"\[([^\]]+)\]\((https?://[^\s)\"<>]+)\)")

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
    the text is a plain link. Each table stands in a box of its own that scrolls, with ``scope``
    on its headers and numbers to the right.
    """
    soup = BeautifulSoup(markup, "html.parser")
    for style in soup.find_all("style"):
        style.decompose()
    clean = bleach.clean(
        str(soup), tags=_TABLE | _TEXT | _MORE, attributes=_is_span, protocols=[], strip=True
    )
    soup = BeautifulSoup(clean, "html.parser")
    for text in soup.find_all(string=_LINK):
        linked = _LINK.sub(r'<a href="\2" rel="noreferrer">\1</a>', escape(text, quote=False))
        text.replace_with(BeautifulSoup(linked, "html.parser"))
    for table in soup.find_all("table"):
        _dress(table)
        label = _label(table, labels)
        table.replace_with(BeautifulSoup(boxed(str(table), label), "html.parser"))
    return str(soup).strip()


def boxed(table: str, label: str) -> str:
    """Put a table into a box that scrolls by itself, also with the keyboard."""
    return (
        f'<div class="table-box" role="region" tabindex="0" aria-label="{escape(label)}">'
        f"{table}</div>\n"
    )


def for_phones(markup: str) -> tuple[str, dict[str, int]]:
    """Give the cells of wide or wordy tables their headings: a phone shows a row as a list.

    Also counts the columns of each table, by the label of its box.
    """
    soup, widths = BeautifulSoup(markup, "html.parser"), dict[str, int]()
    for box in soup.select(".table-box"):
        (table,) = box.find_all("table")
        heads, rows = (
            [row.find_all(["td", "th"]) for row in some]
            for some in (table.select("thead tr"), _body_rows(table))
        )
        longest = max((len(cell.get_text()) for row in rows for cell in row), default=0)
        width = max(sum(map(_span, row)) for row in heads + rows)
        widths[str(box["aria-label"])] = width
        is_list = heads and all(len(row) == width for row in heads[-1:] + rows)
        if is_list and (longest > _WORDY_CHARS or width > _FITTING):
            table["class"] = "stacked"
            for head, *cells in zip(heads[-1], *rows, strict=True):
                told = [text for text in head.strings if text.parent.name != "annotation"]
                for cell in cells:
                    cell["data-label"] = " ".join("".join(told).split())
    return str(soup), widths


def _label(table: Tag, labels: Labels) -> str:
    number = labels.numbered("Table")
    caption = table.find("caption")
    return f"{number}: {caption.get_text(' ', strip=True)}" if caption else number


def _dress(table: Tag) -> None:
    head = table.find("thead")
    if isinstance(head, Tag):
        for cell in head.find_all("th"):
            cell["scope"] = "colgroup" if _span(cell) > 1 else "col"
    for row in _body_rows(table):
        for cell in row.find_all("th"):
            cell["scope"] = "rowgroup" if _span(cell, "rowspan") > 1 else "row"
    # An empty header names nothing: a screen reader should pass over it.
    for cell in table.find_all("th"):
        if not cell.get_text(strip=True):
            cell.name = "td"
            cell.attrs.pop("scope", None)
    _align(table)


def _align(table: Tag) -> None:
    """Class each column by what it holds, counted from the right: spans stand at the left."""
    rows = [row.find_all(["td", "th"])[::-1] for row in _body_rows(table)]
    width = max((len(row) for row in rows), default=0)
    heads = [row.find_all(["td", "th"])[::-1] for row in table.select("thead tr")]
    for position in range(width):
        column = [row[position] for row in rows if len(row) > position]
        kind = _kind(column)
        for cell in column:
            cell["class"] = kind
        for row in heads:
            if kind == "right" and len(row) > position and all(_span(cell) == 1 for cell in row):
                row[position]["class"] = kind


def _kind(column: list[Tag]) -> str:
    """Name a column's content: ``right`` (numbers), ``short`` words, ``text``, ``long`` text."""
    if _is_numeric(column):
        return "right"
    longest = max(len(cell.get_text(" ", strip=True)) for cell in column)
    if longest <= _SHORT_CHARS:
        return "short"
    return "long" if longest > _LONG_CHARS else "text"


def _body_rows(table: Tag) -> list[Tag]:
    return [row for row in table.find_all("tr") if row.find_parent("thead") is None]


def _is_numeric(column: list[Tag]) -> bool:
    texts = [cell.get_text(strip=True) for cell in column if cell.name == "td"]
    told = [text for text in texts if text.casefold() not in _BLANK]
    return bool(told) and all(_NUMBER.fullmatch(text) for text in told)


def _is_span(_tag: str, name: str, value: str) -> bool:
    return name in ("colspan", "rowspan") and value.isdecimal()


def _span(cell: Tag, name: str = "colspan") -> int:
    return int(str(cell.get(name) or 1))
