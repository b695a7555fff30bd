"""The folder that a static host serves, and the check of its links."""

import threading
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
import yaml
from scripts.make_site import dead_links, make_site

from research.data.catalog import file_digest
from research.report.files import OUTPUTS, run_files, write_json, write_together
from research.report.manifest import sealed
from research.report.notebooks import NOTEBOOKS
from research.report.pages.documents import write_documents
from research.report.pages.index import write_index

ROOT = Path(__file__).resolve().parents[2]

PAGE = (
    '<p id="top"><a href="{}">there</a> <a href="https://example.org/" rel="noreferrer">out</a></p>'
)


@pytest.fixture
def reports(tmp_path):
    """Give a small folder of reports."""
    folder = tmp_path / "reports"
    files = {
        "index.html": PAGE.format("docs/methods.html#top"),
        "docs/methods.html": PAGE.format("../index.html"),
        "02_jobs.xlsx": "workbook",
        "README.md": "for those who work on it",
        "MANIFEST.json": '{"runs": {}, "files": {}}',
        "failed/02_jobs.manifest.json": "{}",
        ".work/02_jobs.lock": "",
    }
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)
    return folder


def test_the_site_holds_what_readers_need_and_no_more(reports, tmp_path):
    site = tmp_path / "site"
    (site / "gone").mkdir(parents=True)
    assert make_site(reports, site) == []
    held = {file.relative_to(site).as_posix() for file in site.rglob("*") if file.is_file()}
    kept = {"index.html", "docs/methods.html", "02_jobs.xlsx", "MANIFEST.json"}
    assert held == kept | {".nojekyll", "ro-crate-metadata.json"}
    assert not (site / "gone").exists()


@pytest.mark.parametrize(
    ("address", "why"),
    [
        ("docs/method.html", "leads to no file"),
        ("docs/methods.html#other", "leads to no such place"),
        ("#other", "leads to no such place"),
        ("../reports/index.html", "leads to no file"),
        ("docs", "leads to no file"),
        ("/index.html", "is no relative address"),
        ("//example.org/x.js", "is no relative address"),
        ("file:///x.html", "is no relative address"),
    ],
)
def test_a_dead_link_is_named_and_the_old_site_stays(reports, tmp_path, address, why):
    site = tmp_path / "site"
    make_site(reports, site)
    (reports / "index.html").write_text(PAGE.format(address))
    (told,) = make_site(reports, site)
    assert told.startswith(f"index.html: {address} {why}")
    assert list(dead_links(site)) == []
    assert not (tmp_path / ".site.part").exists()


def test_without_reports_it_says_what_to_run(tmp_path):
    (told,) = make_site(tmp_path, tmp_path / "site")
    assert "make reports" in told


def test_the_workflow_only_calls_make_and_pins_what_it_uses():
    text = (ROOT / ".github/workflows/pages.yml").read_text()
    steps = yaml.safe_load(text)["jobs"]["site"]["steps"]
    assert [step["run"] for step in steps if "run" in step] == ["make site"]
    assert all(step["uses"].split("@v")[1].count(".") == 2 for step in steps if "uses" in step)
    assert "untried" in text.splitlines()[0]


@pytest.fixture(scope="module")
def whole(stored, sample, tmp_path_factory):
    """Give the site of the stored notebooks, all documents and the front page."""
    folder = tmp_path_factory.mktemp("whole")
    reports, site = folder / "reports", folder / "site"
    for run in (spec.name for spec in NOTEBOOKS):
        files = run_files(run, reports)
        write_together({files.report: stored(run)})
        made = {files.report.name: file_digest(files.report)}
        write_json(files.manifest, sealed(sample.manifest() | {"run": run, "files": made}))
        for end in OUTPUTS[1:]:
            (reports / f"{run}{end}").write_text("beside the page")
    for name in ("results.csv", "datapackage.json", "MANIFEST.json"):
        (reports / name).write_text('{"runs": {}, "files": {}}')
    write_documents(reports)
    write_index(reports)
    assert make_site(reports, site) == []
    return site


def test_every_link_of_every_page_leads_somewhere(whole):
    pages = [file.relative_to(whole).as_posix() for file in whole.rglob("*.html")]
    assert {"index.html", "02_jobs.html", "docs/methods/jobs.html", "data/README.html"} <= {*pages}
    (whole / "docs/glossary.html").rename(whole / "docs/glossary.gone")
    try:
        assert any("glossary.html leads to no file" in one for one in dead_links(whole))
    finally:
        (whole / "docs/glossary.gone").rename(whole / "docs/glossary.html")


@pytest.mark.page
def test_a_host_serves_it(whole, browser):
    class Quiet(SimpleHTTPRequestHandler):
        def log_message(self, *args):
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=whole)) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        page, failed = browser.new_page(), []
        page.on("response", lambda one: failed.append(one.url) if one.status >= 400 else None)
        page.goto(f"http://127.0.0.1:{server.server_port}/")
        page.get_by_role("link", name="Glossary").click()
        assert page.locator("h1").text_content() == "Glossary"
        page.get_by_role("link", name="All reports").click()
        page.locator(".answers a").first.click()
        assert page.locator("h1").is_visible()
        assert failed == []
        page.close()
        server.shutdown()
