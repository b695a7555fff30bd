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

_BLANK = {"", "-", "–", "—", "nan", "na", "n/a", "<na>", "none", "nat"}


def active_elements(markup: str) -> list[str]:
    """List the elements of HTML that would run or load something."""
    soup = BeautifulSoup(markup, "html.parser")
    return sorted({str(tag.name) for tag in soup.find_all(_ACTIVE)})


def safe_html(markup: str, labels: Labels) -> str:
    """Reduce an HTML output of a cell to text and tables, and make its tables accessible.

    Styles, handlers, links and unknown elements go; their text stays. Each table stands in a box
    of its own that scrolls, with ``scope`` on its headers and numbers to the right.
    """
    soup = BeautifulSoup(markup, "html.parser")
    for style in soup.find_all("style"):
        style.decompose()
    clean = bleach.clean(
        str(soup), tags=_TABLE | _TEXT | _MORE, attributes=_is_span, protocols=[], strip=True
    )
    soup = BeautifulSoup(clean, "html.parser")
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


def columns(markup: str) -> dict[str, int]:
    """Count the columns of each table in HTML, by the label of its box."""
    soup = BeautifulSoup(markup, "html.parser")
    return {
        str(box["aria-label"]): max(
            sum(map(_span, row.find_all(["td", "th"]))) for row in box.find_all("tr")
        )
        for box in soup.select(".table-box")
    }


def _label(table: Tag, labels: Labels) -> str:
    number = labels.numbered("Table")
    caption = table.find("caption")
    return f"{number}: {caption.get_text(' ', strip=True)}" if caption else number


def _dress(table: Tag) -> None:
    head = table.find("thead")
    if isinstance(head, Tag):
        _merge_index_names(head)
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


def _merge_index_names(head: Tag) -> None:
    """Lift the row of index names that pandas adds below the column names into that row."""
    rows = head.find_all("tr")
    if len(rows) != 2:
        return
    upper, lower = (row.find_all("th") for row in rows)
    names = [cell.get_text(strip=True) for cell in lower]
    named = next((i for i, name in enumerate(names) if not name), len(names))
    blank_above = all(not cell.get_text(strip=True) for cell in upper[:named])
    if len(upper) == len(lower) and named and blank_above and not any(names[named:]):
        for above, name in zip(upper, names[:named], strict=False):
            above.string = name
        rows[1].decompose()


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
