"""Runs of a sweep on one and on two dask workers: `python -m benchmarks.cluster`.

With ``--record`` it writes docs/scaling.json and the table of docs/scaling.md that is made of it.
Seconds are only worth reading from two quiet cores, so the load is recorded beside them. CPU
seconds are those of the workers and all they start; client and scheduler are timed on their own.
"""

from __future__ import annotations

import io
import json
import os
import platform
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import psutil

from research import paths
from research.report.files import write_json, write_together
from research.report.notebooks import NOTEBOOKS
from research.report.sweep.cluster import run_on_cluster
from research.report.sweep.folder import rows_of, schema_of
from research.report.sweep.runs import Result, Task, task

NOTEBOOK, RUNS = "02_jobs", 4
RECORD, PAGE = "docs/scaling.json", "docs/scaling.md"

#: What the page projects to: nobody has tried it.
MANY_RUNS, MANY_WORKERS = 10_000, 100

#: Tasks that do nothing but carry what a run carries, to see what client and scheduler cost.
EMPTY = 400


def asked(runs: int) -> list[Task]:
    """Make tasks that all do the same work, one parameter apart."""
    spec = next(one for one in NOTEBOOKS if one.name == NOTEBOOK)
    return [task(NOTEBOOK, {**spec.defaults(), "seed": seed}) for seed in range(runs)]


def tree(pids: Sequence[int]) -> list[psutil.Process]:
    """List processes and all that descend from them."""
    found = [psutil.Process(pid) for pid in pids]
    return [*found, *(kid for one in found for kid in one.children(recursive=True))]


def cpu_seconds(pids: Sequence[int]) -> float:
    """Give the CPU time of processes and their descendants, those that ended among them."""
    total = 0.0
    for one in tree(pids):
        try:
            times = one.cpu_times()
        except psutil.NoSuchProcess:
            continue
        total += times.user + times.system + times.children_user + times.children_system
    return total


@contextmanager
def peak_mb(pids: Sequence[int]) -> Iterator[list[float]]:
    """Watch the memory of processes and their descendants; what they share counts once."""
    peak, stop = [0.0], threading.Event()

    def watch() -> None:
        while not stop.wait(0.5):
            now = 0.0
            for one in tree(pids):
                try:
                    now += one.memory_full_info().pss / 2**20
                except psutil.Error:
                    continue
            peak[0] = max(peak[0], now)

    thread = threading.Thread(target=watch)
    thread.start()
    try:
        yield peak
    finally:
        stop.set()
        thread.join()


def timed(
    run: Callable[[Sequence[Task]], Iterator[Result]], pids: Sequence[int], at_a_time: int
) -> dict[str, Any]:
    """Time the runs after a first one on each worker, which loads libraries and tables."""
    tasks = asked(RUNS + at_a_time)
    list(run(tasks[:at_a_time]))
    before, start = cpu_seconds(pids), time.monotonic()
    with peak_mb(pids) as peak:
        results = list(run(tasks[at_a_time:]))
    took, cpu = time.monotonic() - start, cpu_seconds(pids) - before
    kept_ms = 1e3 * keep(tasks[at_a_time:], results) / RUNS
    if bad := [one.error for one in results if one.state != "ok"]:
        raise SystemExit(f"A run failed: {bad[0]}")
    return {
        "seconds": round(took, 1),
        "cpu_a_run": round(cpu / RUNS, 2),
        "peak_mb": round(peak[0]),
        "kept_ms": round(kept_ms, 1),
        "result_bytes": max(len(json.dumps(asdict(one))) for one in results),
        "task_bytes": max(len(json.dumps(asdict(one))) for one in tasks),
    }


def keep(tasks: Sequence[Task], results: Sequence[Result]) -> float:
    """Write the two files of each run as the client does; give the CPU seconds."""
    import pyarrow.parquet as pq

    schema, by_id = schema_of(tasks), {one.id: one for one in tasks}
    start = time.process_time()
    with tempfile.TemporaryDirectory() as place:
        for one in results:
            rows, told = (Path(place) / f"{one.id}.{end}" for end in ("parquet", "json"))
            out = io.BytesIO()
            pq.write_table(rows_of(by_id[one.id], one, schema), out, compression="zstd")
            write_together({rows: out.getvalue(), told: json.dumps(asdict(one))})
    return time.process_time() - start


def carry(text: str, size: int) -> str:
    """Stand in for a run on a worker: as much comes in and goes out."""
    return text[:1] * size


def overhead(client: Any, task_bytes: int, result_bytes: int) -> dict[str, float]:
    """Measure the CPU time of client and scheduler, one process here, and the bytes of a run."""
    sent, start = psutil.net_io_counters(pernic=True)["lo"].bytes_sent, time.process_time()
    futures = [
        client.submit(carry, f"{n:{task_bytes}}", result_bytes, pure=False) for n in range(EMPTY)
    ]
    client.gather(futures)
    took = time.process_time() - start
    sent = psutil.net_io_counters(pernic=True)["lo"].bytes_sent - sent
    return {"client_ms": round(1e3 * took / EMPTY, 1), "wire_bytes": round(sent / EMPTY)}


def measure() -> dict[str, Any]:
    """Run all rows, one after the other."""
    import dask
    from distributed import Client, LocalCluster

    load, rows, about = psutil.getloadavg()[0], [], dict[str, Any]()
    with (
        dask.config.set({"distributed.worker.daemon": False}),
        tempfile.TemporaryDirectory() as place,
    ):
        for n in (1, 2):
            with LocalCluster(
                n_workers=n, threads_per_worker=1, dashboard_address=":0", local_directory=place
            ) as cluster:
                pids = [one.process.pid for one in cluster.workers.values()]
                address = cluster.scheduler_address
                row = timed(lambda tasks: run_on_cluster(tasks, address), pids, n)  # noqa: B023
                with Client(cluster) as client:
                    about = overhead(client, row["task_bytes"], row["result_bytes"])
            rows.append({"workers": n, **row})
            print(rows[-1], about, flush=True)
    return {
        "day": f"{datetime.now(UTC):%-d %B %Y}",
        "machine": f"{platform.system()} {platform.machine()}, {os.cpu_count()} cores, "
        f"Python {platform.python_version()}",
        "load_before": round(load, 1),
        "notebook": NOTEBOOK,
        "runs": RUNS,
        "rows": rows,
        **about,
    }


def said(measured: dict[str, Any]) -> str:
    """Write the section of the page that is made of a record."""
    one, two = measured["rows"]
    cpu, mb, wire = two["cpu_a_run"], two["peak_mb"] / two["workers"], measured["wire_bytes"]
    ours_ms = measured["client_ms"] + two["kept_ms"]
    hours, minutes = MANY_RUNS * cpu / MANY_WORKERS / 3600, MANY_RUNS * ours_ms / 6e4
    by_seconds, by_cpu = one["seconds"] / two["seconds"] / 2, one["cpu_a_run"] / cpu
    load = measured["load_before"]
    doubt = ", so that it says little" if load > 1 else ""
    table = "\n".join(
        f"| {x['workers']} | {x['seconds']:.0f} | {x['cpu_a_run']:.1f} | {x['peak_mb']:,} |"
        for x in (one, two)
    )
    return f"""## Measured

On {measured["day"]}, {measured["machine"]}, by `python -m benchmarks.cluster --record`:
{measured["runs"]} runs of `{measured["notebook"]}` with results only, scheduler and client on the
same machine, after a first run on each worker, which loads libraries and tables.

| workers | seconds | CPU seconds a run | peak MB of all workers |
|---|---|---|---|
{table}

Efficiency, the time of one worker over twice that of two: {by_seconds:.2f} by the clock. The aim is
0.85 on two quiet cores; when this began {load:.1f} processes wanted the two{doubt}.
By CPU seconds a run, which other work moves less: {by_cpu:.2f}.

From these, on paper, to {MANY_RUNS:,} runs on {MANY_WORKERS} workers with a core each:

| what | how much |
|---|---|
| time | {hours:.1f} hours: {cpu:.1f} s a run, shared by {MANY_WORKERS} |
| memory | {mb:,.0f} MB a worker, {mb * MANY_WORKERS / 1e3:,.0f} GB in all |
| over the network | {MANY_RUNS * wire / 1e6:,.0f} MB: {wire / 1e3:.1f} kB a run |
| client and scheduler | {minutes:.0f} min of CPU: {ours_ms:.1f} ms a run, its files written |

What breaks first, by these figures, is client and scheduler, each a single process: together they
hand out, take back and write {1e3 / ours_ms:,.0f} runs a second, as many as
{1e3 * cpu / ours_ms:,.0f} workers do. Not in these figures: all workers that start at once read
libraries and tables from one disk, if the project lies on a shared one.
"""


def page_with(section: str) -> str:
    """Give the page with this section in the place of the one it has."""
    before, _, rest = (paths.root() / PAGE).read_text(encoding="utf-8").partition("## Measured\n")
    return f"{before}{section}\n## {rest.partition('## ')[2]}"


def record(measured: dict[str, Any]) -> None:
    """Keep what was measured, and write it into the page."""
    write_json(paths.root() / RECORD, measured)
    write_together({paths.root() / PAGE: page_with(said(measured))})


if __name__ == "__main__":
    found = measure()
    print(json.dumps(found, indent=2))
    if "--record" in sys.argv:
        record(found)
