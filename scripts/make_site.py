"""Copies the reports into a folder that any static host serves: `python scripts/make_site.py`.

What is taken are pages, downloads and documents; what stays behind are failed attempts, runs in
progress and what people wrote for those who work on the project.
"""

from __future__ import annotations

import shutil
import sys
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

from research import paths

_LEFT_OUT = ("failed", "sweeps", "README.md", ".*")


def make_site(reports: Path, site: Path) -> list[str]:
    """Make the site anew; where links are dead, give them and leave the old site as it is."""
    if not (reports / "index.html").is_file():
        return [f"{reports} has no index.html: run make reports first."]
    draft = site.with_name(f".{site.name}.part")
    shutil.rmtree(draft, ignore_errors=True)
    shutil.copytree(reports, draft, ignore=shutil.ignore_patterns(*_LEFT_OUT))
    (draft / ".nojekyll").touch()  # GitHub Pages would drop what starts with _
    dead = list(dead_links(draft))
    if not dead:
        shutil.rmtree(site, ignore_errors=True)
        draft.rename(site)
    shutil.rmtree(draft, ignore_errors=True)
    return dead


def dead_links(site: Path) -> Iterator[str]:
    """Go through every address of every page that leads nowhere, or only works on one machine."""
    pages = {file.resolve(): _Page(file) for file in sorted(site.rglob("*.html"))}
    for file, page in pages.items():
        for address in dict.fromkeys(page.addresses):
            parts = urlsplit(address)
            if parts.scheme in ("data", "http", "https", "mailto"):
                continue
            target = (file.parent / unquote(parts.path)).resolve() if parts.path else file
            anchor = unquote(parts.fragment)
            why = ""
            if parts.scheme or parts.netloc or parts.path.startswith("/"):
                why = "is no relative address"
            elif site.resolve() not in target.parents or not target.is_file():
                why = "leads to no file"
            elif anchor and target in pages and anchor not in pages[target].ids:
                why = "leads to no such place of the page"
            if why:
                yield f"{file.relative_to(site.resolve())}: {address} {why}"


class _Page(HTMLParser):
    """The addresses and the ids of a page."""

    def __init__(self, file: Path) -> None:
        super().__init__()
        self.addresses: list[str] = []
        self.ids: set[str] = set()
        self.feed(file.read_text(encoding="utf-8"))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        for name, value in attrs:
            if name == "id" and value:
                self.ids.add(value)
            elif name in ("href", "src", "srcset", "poster") and value:
                self.addresses.append(value)


if __name__ == "__main__":
    site = paths.root() / "site"
    if dead := make_site(paths.reports(), site):
        sys.exit("The site was not made.\n" + "\n".join(f"  - {one}" for one in dead))
    print(f"{site.relative_to(paths.root())}/ holds {sum(1 for _ in site.rglob('*.html'))} pages")
