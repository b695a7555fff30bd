"""The documents that reports link to, as pages."""

import os

import pytest
from bs4 import BeautifulSoup

from research import paths
from research.report.pages.documents import render, write_documents
from research.report.pages.prose import DOCUMENTS, RenderError, page_of


@pytest.fixture
def project(tmp_path, monkeypatch):
    """Give a project whose documents are all short."""
    for document in DOCUMENTS:
        (tmp_path / document).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / document).write_text(f"# {document}\n\n## Part\n\n[here](#part)\n")
    monkeypatch.setenv("RESEARCH_ROOT", str(tmp_path))
    return tmp_path


def written(project):
    """Write the pages and give those that are new."""
    pages = {document: project / "reports" / str(page_of(document)) for document in DOCUMENTS}
    for page in pages.values():
        if page.is_file():
            os.utime(page, (0, 0))
    try:
        write_documents(project / "reports")
    finally:
        new = {d for d, page in pages.items() if page.is_file() and page.stat().st_mtime}
    return new


def test_pages_are_renewed_when_their_source_or_they_themselves_changed(project):
    assert written(project) == set(DOCUMENTS)
    assert written(project) == set()
    (project / "docs/running.md").write_text("# Run\n")
    page = project / "reports/docs/glossary.html"
    page.write_text(page.read_text().replace("Part", "Edited", 1))
    (project / "reports/data/README.html").unlink()
    assert written(project) == {"docs/running.md", "docs/glossary.md", "data/README.md"}


def test_missing_and_broken_documents_are_named_and_the_others_written(project):
    (project / "docs/running.md").unlink()
    (project / "docs/methods/jobs.md").write_text("# Jobs\n\n$\\foo$\n")
    with pytest.raises(RenderError, match=r"docs/running\.md") as caught:
        written(project)
    told = str(caught.value)
    assert "docs/methods/jobs.md: asked for LaTeX" in told
    assert (project / "reports/data/README.html").is_file()
    assert not (project / "reports/docs/methods/jobs.html").exists()
    with pytest.raises(RenderError):
        written(project)  # a broken one is not taken for written


def test_a_table_of_words_tells_each_cell_its_heading():
    words = "w" * 80
    table = f"| $k$ | what |\n|---|---|\n| a | {words} |\n\n| n |\n|---|\n| 1 |\n"
    wide, narrow = BeautifulSoup(render(table, "docs/running.md"), "html.parser").select("table")
    assert [cell["data-label"] for cell in wide.select("td")] == ["k", "what"]
    assert not narrow.has_attr("class")


def test_every_link_between_documents_leads_to_a_heading():
    pages = {
        str(page_of(name)): BeautifulSoup(
            render((paths.root() / name).read_text(encoding="utf-8"), name), "html.parser"
        )
        for name in DOCUMENTS
    }
    seen = 0
    for page, soup in pages.items():
        for link in soup.select("main a[href]"):
            path, _, anchor = link["href"].partition("#")
            target = os.path.normpath(os.path.join(os.path.dirname(page), path)) if path else page
            if target in pages and anchor:
                seen += 1
                assert pages[target].find(id=anchor), f"{page}: {link['href']}"
    assert seen > 50
