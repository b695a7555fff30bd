"""Every number of the reports, frozen: figures' data, table cells and findings, held at 1e-9.

`python -m studies.golden check [RUN ...]` runs the notebooks with their kept scenarios and holds
each frozen number against what they show now; `record` freezes anew, which only a change of a
definition may ask for; `tests/golden/moved.md` tells what moved then, and why. A number may move to
another table or figure of its report; one that goes is named in `tests/golden/changes.yaml`.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import yaml

ROOT = Path(__file__).resolve().parents[1]
FROZEN = ROOT / "tests" / "golden"

#: Relative to the column's mean size; columns longer than `WHOLE` are kept as sums.
TOLERANCE, WHOLE = 1e-9, 40


def runs() -> dict[str, tuple[str, dict[str, Any]]]:
    """Name every report: its notebook and the parameters that differ from the defaults."""
    named: dict[str, tuple[str, dict[str, Any]]] = {
        file.stem: (file.stem, {}) for file in sorted((ROOT / "notebooks").glob("*.ipynb"))
    }
    for file in sorted((ROOT / "notebooks" / "scenarios").glob("*.yaml")):
        kept = yaml.safe_load(file.read_text())
        named[f"{kept['notebook']}.{kept['name']}"] = (kept["notebook"], kept["parameters"])
    return named


def vector(values: pd.Series) -> Any:
    """Write a column down: figures as they are, of long columns sums; None for text."""
    if pd.api.types.is_datetime64_any_dtype(values.dtype):
        values = values.astype("int64") / 1e9 / 86400
    if values.dtype == object and all(isinstance(x, int | float) or pd.isna(x) for x in values):
        values = values.astype(float)
    if not pd.api.types.is_numeric_dtype(values.dtype):
        return None
    x = values.to_numpy(dtype=float, na_value=np.nan)
    if len(x) <= WHOLE:
        return [None if np.isnan(v) else float(v) if np.isfinite(v) else str(v) for v in x]
    known = np.where(np.isfinite(x), x, 0.0)
    waves = [float(known @ np.cos(k * np.arange(len(x)) + 1)) for k in (0.7, 1.9)]
    sums = [float(known.sum()), float(np.abs(known).sum()), float(np.isnan(x).sum())]
    return {"rows": len(x), "sums": [*sums, *waves]}


def record(notebook: str, parameters: dict[str, Any]) -> dict[str, Any]:
    """Run a notebook in this process and write down what it shows."""
    import matplotlib as mpl

    mpl.use("Agg")
    from IPython.core.interactiveshell import InteractiveShell

    import research.figures
    import research.tables

    out: dict[str, Any] = {"figures": {}, "tables": [], "findings": []}

    def columns(frame: pd.DataFrame) -> dict[str, Any]:
        kept = {str(name): vector(frame[name]) for name in frame}
        return {name: values for name, values in kept.items() if values is not None}

    Figure, present = research.figures.Figure, research.tables.present
    checked = Figure.__post_init__

    def drawn(self: Any) -> None:
        checked(self)
        out["figures"][self.name] = columns(self.data)

    def shown(frame: pd.DataFrame, chosen: Any, *rest: Any, **more: Any) -> pd.DataFrame:
        table = frame.reset_index()[list(chosen)]
        out["tables"].append(
            {"headings": [c[0] for c in chosen.values()], "columns": columns(table)}
        )
        return present(frame, chosen, *rest, **more)

    Figure.__post_init__ = drawn
    research.tables.present = shown
    shell = InteractiveShell.instance()
    cells = json.loads((ROOT / "notebooks" / f"{notebook}.ipynb").read_text())["cells"]
    for cell in cells:
        if cell["cell_type"] != "code":
            continue
        tags = cell["metadata"].get("tags", [])
        source = "".join(cell["source"])
        if "parameters" in tags:
            given = {key: str(x) if isinstance(x, date) else x for key, x in parameters.items()}
            source += "\n" + "\n".join(f"{key} = {value!r}" for key, value in given.items())
        result = shell.run_cell(source)
        result.raise_error()
        if "findings" in tags:
            kept = ("id", "answer", "value", "low", "high", "unit")
            out["findings"] = [{key: getattr(one, key) for key in kept} for one in result.result]
    return out


def same(old: Any, new: Any) -> bool:
    """Say whether two columns hold the same figures."""
    if isinstance(old, dict) != isinstance(new, dict):
        return False
    if isinstance(old, dict):
        if old["rows"] != new["rows"]:
            return False
        a, b, size = old["sums"], new["sums"], max(abs(old["sums"][1]), 1e-300)
        return bool(np.all(np.abs(np.subtract(a, b)) <= TOLERANCE * size))
    if len(old) != len(new):
        return False
    a, b = (np.array([np.nan if v is None else float(v) for v in x]) for x in (old, new))
    size = np.nanmean(np.abs(a)) if np.isfinite(a).any() else 1.0
    size = size if np.isfinite(size) else 1.0
    return bool(np.allclose(a, b, rtol=TOLERANCE, atol=TOLERANCE * size, equal_nan=True))


def differences(name: str, old: dict[str, Any], new: dict[str, Any], gone: set[str]) -> list[str]:
    """List the frozen columns that the report no longer shows."""
    pool = [v for figure in new["figures"].values() for v in figure.values()]
    pool += [v for table in new["tables"] for v in table["columns"].values()]
    frozen = {
        f"figure {figure}: {column}": values
        for figure, kept in old["figures"].items()
        for column, values in kept.items()
    }
    for table in old["tables"]:
        for column, values in table["columns"].items():
            frozen[f"table {' | '.join(table['headings'][:3])}: {column}"] = values
    out = []
    for item, values in frozen.items():
        if item in gone or not values or item.split(":")[0] in gone:
            continue
        place, column = item.split(": ", 1)
        at_home = new["figures"].get(place.removeprefix("figure "), {}).get(column)
        if (at_home is None or not same(values, at_home)) and not any(
            same(values, one) for one in pool
        ):
            found = "" if at_home is None else f" (now {str(at_home)[:120]})"
            out.append(f"{name}: {item} = {str(values)[:120]}{found}")
    kept = {one["id"]: one for one in new["findings"]}
    return out + [
        f"{name}: finding {one['id']} {key}: {one[key]} -> {kept.get(one['id'], {}).get(key)}"
        for one in old["findings"]
        for key in ("value", "low", "high")
        if f"finding {one['id']}" not in gone
        and (one["id"] not in kept or not same([one[key]], [kept[one["id"]][key]]))
    ]


def run(name: str) -> dict[str, Any]:
    """Run a report in a process of its own."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "out.json"
        done = subprocess.run(  # noqa: S603 - our own module
            [sys.executable, "-m", "studies.golden", "one", name, str(file)],
            cwd=ROOT,
            capture_output=True,
            text=True,
            check=False,
            env={
                **os.environ,
                "PYTHONPATH": f"{ROOT / 'src'}:{ROOT}",
                "OMP_NUM_THREADS": "1",
                "RESEARCH_FINDINGS": "stored",
            },
        )
        if done.returncode:
            raise SystemExit(f"{name} did not run:\n{done.stdout[-3000:]}{done.stderr[-3000:]}")
        return dict(json.loads(file.read_text()))


def main(arguments: list[str]) -> int:
    """Record, check or run one report."""
    what, *names = arguments or ["check"]
    if what == "one":
        Path(names[1]).write_text(json.dumps(record(*runs()[names[0]])))
        return 0
    wanted = [name for name in runs() if not names or any(name.startswith(n) for n in names)]
    changes = FROZEN / "changes.yaml"
    listed = yaml.safe_load(changes.read_text()) if changes.exists() else {}
    faults = []
    workers = ThreadPoolExecutor(int(os.environ.get("WORKERS", "2")))
    for name, shown in zip(wanted, workers.map(run, wanted), strict=True):
        file = FROZEN / f"{name}.json"
        if what == "record":
            file.write_text(json.dumps(shown, indent=0, ensure_ascii=False) + "\n")
            continue
        gone = {item for part in ("all", name.split(".")[0], name) for item in listed.get(part, {})}
        faults += differences(name, json.loads(file.read_text()), shown, gone)
    print("\n".join(faults) or f"{len(wanted)} reports: every frozen number is shown as it was.")
    return bool(faults)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
