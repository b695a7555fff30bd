"""The workbook and the long table of numbers, read back and held against page and figures."""

import csv
import io

import nbformat
import numpy as np
import openpyxl
import pandas as pd
import pytest
from bs4 import BeautifulSoup

from research import paths
from research.figures import MIME as FIGURE
from research.findings import bundle_of
from research.report.notebooks import NOTEBOOKS
from research.report.pages.workbook import Sheet, _long, outputs, row_labels
from research.tables import heading_of, present, unique

ENDS = [".findings.json", ".xlsx", ".results.csv", ".png", ".narrow.png"]


def sheets_of(made):
    book = openpyxl.load_workbook(io.BytesIO(made))
    return {sheet.title: [list(row) for row in sheet.values] for sheet in book}


def shown(notebook, html):
    """Show one more table at the end of the sample's text."""
    more = nbformat.v4.new_output("execute_result", data={"text/html": html})
    notebook.cells.insert(1, nbformat.v4.new_code_cell("more", outputs=[more]))
    return notebook


@pytest.mark.parametrize("name", [spec.name for spec in NOTEBOOKS])
def test_every_table_and_figure_of_a_page_has_its_sheet(sample, stored, name):
    page = BeautifulSoup(stored(name), "html.parser")
    boxes = {box["aria-label"].partition(":")[0]: box for box in page.select(".table-box")}
    notebook = nbformat.read(paths.notebooks() / f"{name}.ipynb", as_version=4)
    made = outputs(notebook, sample.manifest())
    assert [end for end in made if "scorecard" not in end] == ENDS
    sheets = sheets_of(made[".xlsx"])
    figures = [
        output.data[FIGURE]
        for cell in notebook.cells
        for output in cell.get("outputs", [])
        if FIGURE in output.get("data", {})
    ]
    named = [f"Figure {number}" for number in range(1, len(figures) + 1)]
    assert {"About", "Findings", *named, *(one for one in boxes if "Table" in one)} == {*sheets}
    for sheet, figure in zip(named, figures, strict=True):
        frame = pd.read_csv(io.StringIO(figure["csv"]))
        assert sheets[sheet][3][: frame.shape[1]] == [*map(heading_of, frame)]
        for place, column in enumerate(frame.select_dtypes("number")):
            at = frame.columns.get_loc(column)
            read = [row[at] for row in sheets[sheet][4:]]
            np.testing.assert_array_equal(np.array(read, dtype=float), frame[column], f"{place}")
    for sheet, rows in sheets.items():
        if sheet in boxes:
            heads = [one.get_text(" ", strip=True) for one in boxes[sheet].select("thead tr > *")]
            assert [head or "" for head in rows[3]][: len(heads)] == unique(heads)
            shown = [one.get_text() for one in boxes[sheet].select("tbody tr")]
            assert len(rows) - 4 == len(shown)


def test_a_workbook_repeats_byte_for_byte_and_says_what_it_is(sample):
    first, again = (outputs(sample.notebook(), sample.manifest()) for _ in range(2))
    assert first == again
    about = dict(row for row in sheets_of(first[".xlsx"])["About"][4:])
    assert about["Question"] == sample.manifest()["question"]
    assert about["Answer"].startswith("The Nikkei fell 0.14 %")
    assert about["Parameter event_id"] == "deal_announced"
    assert "25a7794" in about["How to cite"]
    assert about["Figure 2"] == "Cars rose, energy fell: heat-map"


def test_a_presented_table_has_all_columns_and_its_numbers_unrounded(sample):
    frame = pd.DataFrame({"a_pct": [1 / 3], "b": [7], "note": ["=1+1"]}, index=["x"])
    table = present(
        frame.rename_axis("firm"), {"firm": ("firm", "{}"), "a_pct": ("r, %", "{:.0f}")}
    )
    notebook = shown(sample.notebook(), "")
    notebook.cells[1].outputs[0].data = table._repr_mimebundle_()
    made = outputs(notebook, sample.manifest())
    rows = sheets_of(made[".xlsx"])["Table 2"]
    assert rows[:2] == [
        ["The test", None, None, None],
        ["1 of 1 rows, all columns, numbers to ten digits.", *[None] * 3],
    ]
    assert rows[3:] == [["firm", "r, %", "b", "note"], ["x", 0.3333333333, 7, "=1+1"]]
    cell = openpyxl.load_workbook(io.BytesIO(made[".xlsx"]))["Table 2"]["D5"]
    assert (cell.data_type, cell.alignment.wrap_text) == ("s", True)
    read = [
        row for row in csv.DictReader(io.StringIO(made[".results.csv"])) if row["item"] == "Table 2"
    ]
    assert [(one["row"], one["column"], one["value"], one["unit"]) for one in read] == [
        ("x", "r, %", "0.3333333333", "%"),
        ("x", "b", "7", ""),
    ]


def test_other_tables_are_read_from_the_page_with_spans_and_signs(sample):
    html = pd.DataFrame(
        {"a": ["\u22121.5", "1,234.0", "01", "2 %", "", "n/a"]},
        index=pd.MultiIndex.from_product([["x", "=y"], [1, 2, 3]], names=["k", "l"]),
    ).to_html()

    def table(html):
        made = outputs(shown(sample.notebook(), html), sample.manifest())
        return sheets_of(made[".xlsx"])["Table 2"][3:]

    heads, *rows = table(html)
    assert heads == ["k", "l", "a"]
    assert [row[:2] for row in rows] == [[k, number] for k in ("x", "=y") for number in (1, 2, 3)]
    assert [row[2] for row in rows] == [-1.5, 1234.0, "01", "2 %", None, "n/a"]
    assert table("<table><tr><td>1</td></tr></table>")[1:] == [[1]]


def test_each_number_of_findings_is_a_row(sample):
    made = outputs(sample.notebook(), sample.manifest())
    read = list(csv.DictReader(io.StringIO(made[".results.csv"])))
    found = {(one["item"], one["column"]): one for one in read if one["kind"] == "finding"}
    for one in bundle_of(sample.notebook().cells):
        for part in ("value", "low", "high"):
            value = getattr(one, part)
            assert ((one.id, part) in found) is (value is not None)
            assert value is None or float(found[one.id, part]["value"]) == value
    assert found["a.nikkei", "low"]["unit"] == "%"
    assert {one["item"] for one in read if one["kind"] == "figure"} == {
        f"Figure {n}" for n in (1, 2, 3)
    }
    keys = [tuple(one.values())[:6] for one in read]
    assert len({*keys}) == len(keys)


def test_rows_are_named_by_as_few_columns_as_tell_them_apart():
    def labels(*rows):
        return row_labels(rows)[1]

    assert labels([1, "x", 5], [2, "y", 6]) == ["x", "y"]
    assert labels([1, "x", 5], [2, "x", 6]) == ["x | 1", "x | 2"]
    assert labels([1, "x", 5], [1, "x", 5]) == ["row 1", "row 2"]
    assert row_labels([[1.0], [2.0]]) == ([], ["row 1", "row 2"])


def test_a_unit_stands_in_the_heading_or_in_the_row():
    heads = ["rung", "low", "year", "r, %", "jobs", "unit"]
    sheet = Sheet("Table 1", "", "", heads, [["land", 1.0, 2009.0, 3.0, 4.0, "share"]])
    assert [one[1:] for one in _long(sheet)] == [
        ("low", 1.0, "share"),
        ("year", 2009.0, ""),
        ("r, %", 3.0, "%"),
        ("jobs", 4.0, "jobs"),
    ]
