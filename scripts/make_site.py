"""Copies the reports into a folder that any static host serves: `python scripts/make_site.py`.

What is taken are pages, downloads and documents; what stays behind are failed attempts, runs in
progress and what people wrote for those who work on the project or teach. For archives
`ro-crate-metadata.json` says what each file is and how it was made.
"""

from __future__ import annotations

import json
import platform
import shutil
import sys
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from rocrate.model import ContextEntity
from rocrate.rocrate import ROCrate

from research import paths

_LEFT_OUT = ("failed", "sweeps", "instructor", "README.md", ".*")

_ABOUT = (
    "Results of the reports on the US-Japan $550bn deal",
    "Each number of the reports: findings, figures and tables.",
)

#: What a file is, by the end of its name.
_KINDS = {
    ".csv": ("text/csv", "Numbers, a row each"),
    ".html": ("text/html", "Page"),
    ".json": ("application/json", "What other files hold, for programs"),
    ".png": ("image/png", "Headline figure"),
    ".xlsx": (
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        "Workbook: findings, tables, data of figures",
    ),
}


def make_site(reports: Path, site: Path) -> list[str]:
    """Make the site anew; where links are dead, give them and leave the old site as it is."""
    if not (reports / "index.html").is_file():
        return [f"{reports} has no index.html: run make reports first."]
    draft = site.with_name(f".{site.name}.part")
    shutil.rmtree(draft, ignore_errors=True)
    shutil.copytree(reports, draft, ignore=shutil.ignore_patterns(*_LEFT_OUT))
    (draft / "ro-crate-metadata.json").write_text(json.dumps(crate_of(draft), indent=2))
    (draft / ".nojekyll").touch()  # GitHub Pages would drop what starts with _
    dead = list(dead_links(draft))
    if not dead:
        shutil.rmtree(site, ignore_errors=True)
        draft.rename(site)
    shutil.rmtree(draft, ignore_errors=True)
    return dead


def crate_of(folder: Path) -> dict[str, Any]:
    """Describe a folder of reports as a research object: files, code, and how each was made."""
    told = json.loads((folder / "MANIFEST.json").read_text(encoding="utf-8"))
    runs, crate = told["runs"], ROCrate(version="1.2")

    def named(place: str, kind: str, name: str, **more: Any) -> Any:
        return crate.add(ContextEntity(crate, place, {"@type": kind, "name": name, **more}))

    crate.name, crate.description = _ABOUT
    crate.datePublished = max((one["started_utc"] for one in runs.values()), default="2026-01-01")
    about = {"description": "Licence of what we made of the data"}
    place = "https://creativecommons.org/licenses/by/4.0/"
    crate.license = named(place, "CreativeWork", "CC-BY-4.0", **about)
    author = named("#maintainers", "Organization", "The us-japan-550bn maintainers")
    crate.root_dataset["author"] = crate.publisher = author
    code = named("#code", "CreativeWork", "us-japan-550bn, code", author=author)
    about = {"description": "Licence of the code; tables have rights of their own"}
    code["license"] = named("https://spdx.org/licenses/MIT", "CreativeWork", "MIT", **about)
    home = {"url": "https://www.python.org/", "version": platform.python_version()}
    python = named(home["url"], "SoftwareApplication", "Python", **home)
    made: dict[str | None, list[Any]] = {}
    for path, one in told["files"].items():
        kind, what = _KINDS.get(Path(path).suffix, ("text/plain", "Text"))
        what += f" of {runs[one['run']]['title']}" if one["run"] else ""
        about = {"name": path, "description": what, "encodingFormat": kind}
        about |= {"contentSize": str(one["bytes"]), "sha256": one["sha256"]}
        file = crate.add_file(folder / path, path, properties=about)
        made.setdefault(one["run"], []).append(file)
    crate.root_dataset["mentions"] = [
        crate.add_action(
            python,
            f"#run-{run}",
            code,
            result=made.get(run),
            properties={"name": f"research run {run}", "startTime": one["started_utc"]},
        )
        for run, one in runs.items()
    ]
    return dict(crate.metadata.generate())


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
