"""Source code as highlighted HTML."""

from __future__ import annotations

from pygments import highlight as _highlight  # type: ignore[import-untyped]
from pygments.formatters import HtmlFormatter  # type: ignore[import-untyped]
from pygments.lexers import get_lexer_by_name  # type: ignore[import-untyped]
from pygments.util import ClassNotFound  # type: ignore[import-untyped]


def highlight(code: str, language: str = "python") -> str:
    """Give code as a box that the keyboard can scroll; an unknown language stays plain."""
    name = (language.split(maxsplit=1) or ["text"])[0]
    try:
        lexer = get_lexer_by_name(name)
    except ClassNotFound:
        lexer = get_lexer_by_name("text")
    body = _highlight(code, lexer, HtmlFormatter(nowrap=True))
    return f'<pre class="code" tabindex="0"><code>{body}</code></pre>\n'
