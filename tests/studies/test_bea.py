"""Files laid out like BEA's give the table that was written; files that are none are named."""

import numpy as np
import pandas as pd
import pytest
from studies.bea import read_bea

from research.errors import InputError

from ..jobs.random_tables import random_parts


def in_beas_layout(rows, title, *, detail=False):
    """Write a frame down as BEA does: title, codes, names, figures, totals and notes."""
    codes = list(rows.columns)
    body = [[title], ["(Millions of dollars)"], ["Bureau of Economic Analysis"], []]
    total = "T001" if detail else None
    body += [["Code" if detail else None, "Name", *codes, total]]
    body += [["IOCode", "Name", *[f"Name of {code}" for code in codes], "Total"]]
    for code, cells in zip(rows.index, rows.to_numpy(), strict=True):
        shown = [x or "..." for x in cells]
        body.append([f" {code} ", f"Name of {code}", *shown, float(cells.sum())])
    body.append([total, "Total", *rows.sum()])
    body += [[], ["Note. Detail may not add up to total."]]
    return pd.DataFrame([row + [None] * (len(codes) + 3 - len(row)) for row in body])


@pytest.fixture(params=[".xlsx", ".csv"])
def files(request, tmp_path):
    """A small economy in BEA's layout, and its parts."""
    parts = random_parts(5, 6, 3)
    labels = {"c5": "Used"} | {f"i{k}": f"c{k}" for k in range(5)}  # both have BEA's codes
    parts = {
        name: part.rename(index=labels, columns=labels) if isinstance(part, pd.DataFrame) else part
        for name, part in parts.items()
    }
    use = pd.concat([parts["use"], parts["final_demand"]], axis=1)
    foreign = pd.concat([parts["imports"], parts["imported_final_demand"]], axis=1)
    added = parts["value_added"].reindex(columns=use.columns, fill_value=0.0)
    written = {"make": parts["make"], "use": pd.concat([use, added]), "imports": foreign}
    paths = {}
    for name, frame in written.items():
        sheet = in_beas_layout(frame, f"{name}, Before Redefinitions (Producers' Prices)")
        paths[name] = tmp_path / f"{name}{request.param}"
        if request.param == ".csv":
            sheet.to_csv(paths[name], header=False, index=False)
        else:
            with pd.ExcelWriter(paths[name], engine="xlsxwriter") as book:
                pd.DataFrame(["read me"]).to_excel(book, sheet_name="ReadMe")
                sheet.to_excel(book, sheet_name="2023", header=False, index=False)
    return paths, parts


def test_beas_files_give_the_table_that_was_written_whatever_the_order_of_rows(files):
    paths, parts = files
    table = read_bea(**paths, year=2023, tolerance_musd=1e-6)
    for name in ("make", "use", "value_added", "final_demand", "imports", "imported_final_demand"):
        ours = getattr(table, name)
        expected = parts[name].loc[ours.index, ours.columns]
        np.testing.assert_allclose(ours, expected, atol=1e-9, err_msg=name)
    assert table.scrap == ("Used",)


def test_files_that_are_none_of_bea_are_named_at_once(files, tmp_path):
    paths, parts = files
    text = tmp_path / "words.xlsx"
    text.write_text("no workbook")
    empty = tmp_path / "other.csv"
    empty.write_text("a,b,c\n1,2,3\n")
    with pytest.raises(InputError) as raised:
        read_bea(text, empty, tmp_path / "none.csv", year=2023)
    wrong = [fault.where.split(",")[0] for fault in raised.value.faults]
    assert wrong == ["make", "use", "imports"]
    with pytest.raises(InputError, match="This input-output table cannot be used"):
        read_bea(paths["use"], paths["make"], year=2023)
    wrong = in_beas_layout(parts["make"], "Make").astype(object)
    wrong.iloc[6, 2] = "(D)"
    wrong.to_csv(empty, header=False, index=False)
    with pytest.raises(InputError, match=r"\(D\)"):
        read_bea(empty, paths["use"], year=2023)


def test_a_year_without_a_sheet_is_refused(files):
    paths, _ = files
    if paths["make"].suffix == ".xlsx":
        with pytest.raises(
            InputError, match=r"with a sheet 2022, or \.csv; found the sheets ReadMe, 2023"
        ):
            read_bea(**paths, year=2022)
