"""Templates, style and security policy that all pages share."""

import base64
import hashlib
import json
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from research import paths
from research.data import catalog
from research.errors import DataError
from research.findings import Finding, amount
from research.words import unbroken

#: Where the templates of all pages are.
TEMPLATES = Path(__file__).parent / "templates"


def page(template: str, **content: Any) -> str:
    """Fill a template of the templates folder; text is escaped, only ``Markup`` goes in as it is.

    The page's policy lets it load nothing: its one style sheet and one script are allowed by their
    digests, pictures by being inside.
    """
    style, script = _asset("page.css"), _asset("page.js")
    policy = (
        f"default-src 'none'; img-src data:; style-src '{_digest(style)}'; "
        f"script-src '{_digest(script)}'; base-uri 'none'; form-action 'none'"
    )
    filled = environment().get_template(template)
    return filled.render(style=style, script=script, policy=policy, **content)


def card(finding: Finding) -> dict[str, Any]:
    """Give what is shown of a finding, in words."""
    texts = {key: unbroken(getattr(finding, key)) for key in ("question", "answer", "claimed")}
    number, interval = map(unbroken, amount(finding))
    basis = f"Rests on {'a model' if finding.basis == 'model' else finding.basis}"
    shown = {"number": number, "interval": interval, "basis": basis}
    return texts | shown | {"anchor": finding.anchor}


def as_text(value: object) -> str:
    """Write a parameter's value as it is given on the command line."""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def citation() -> dict[str, Any]:
    """Read how the project is to be cited; a `DataError` where the file is missing."""
    file = paths.root() / "CITATION.cff"
    if not file.is_file():
        raise DataError("A page cannot say how to cite it.", [catalog.missing(file)])
    return dict(yaml.safe_load(file.read_text(encoding="utf-8")))


def moment(iso: str) -> str:
    """Write an ISO 8601 time in UTC for people."""
    time = datetime.fromisoformat(iso).astimezone(UTC)
    return f"{time.day} {time:%B %Y, %H:%M} UTC"


def seconds(count: float) -> str:
    """Write a duration in seconds, or in minutes and seconds from two minutes on."""
    if count < 120:
        return f"{count:.1f} seconds" if count < 10 else f"{count:.0f} seconds"
    return f"{count // 60:.0f} minutes {count % 60:.0f} seconds"


def kilobytes(size_kb: float) -> str:
    """Write the size of a file; small ones are not rounded to nothing."""
    return f"{size_kb:,.0f} kB" if size_kb >= 10 else f"{size_kb:.1f} kB"


@lru_cache(maxsize=1)
def environment() -> Environment:
    """Give what reads the templates, and keeps those that it read."""
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters |= {one.__name__: one for one in (moment, seconds, kilobytes, unbroken)}
    return environment


@lru_cache(maxsize=4)
def _asset(name: str) -> Markup:
    # The project's own files: nothing of a notebook reaches them.
    return Markup((TEMPLATES / name).read_text(encoding="utf-8"))  # noqa: S704


def _digest(text: str) -> str:
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode("utf-8")).digest()).decode()
