"""A sweep on a real cluster of two workers on this machine, which speaks TLS."""

import datetime
import json
import os
import re
import shlex
import signal
import subprocess
import sys
import time
from contextlib import ExitStack
from dataclasses import replace
from functools import partial
from pathlib import Path
from types import SimpleNamespace
from unittest.mock import MagicMock

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from research.errors import DataError, InputError, RunError
from research.report.sweep import cluster, kept_as_they_end, runs
from research.report.sweep.cluster import Tls, run_on_cluster
from research.report.sweep.folder import opened
from research.report.sweep.grid import plan_sweep

TOY = Path(__file__).parents[2] / "toy"
VALUES = {"event_id": "deal", "action": "go on", "pause": 0.0, "text": "", "source": "bundled"}


def certificate(folder):
    """A certificate that vouches for itself, as docs/scaling.md makes it with openssl."""
    key, now = ec.generate_private_key(ec.SECP256R1()), datetime.datetime.now(datetime.UTC)
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "sweep")])
    made = x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
    made = made.not_valid_before(now).not_valid_after(now + datetime.timedelta(days=1))
    signed = made.sign(key, hashes.SHA256())
    pem, none = serialization.Encoding.PEM, serialization.NoEncryption()
    secret = key.private_bytes(pem, serialization.PrivateFormat.PKCS8, none)
    for file, content in (("cert.pem", signed.public_bytes(pem)), ("key.pem", secret)):
        (folder / file).write_bytes(content)
    return Tls(folder / "cert.pem", folder / "cert.pem", folder / "key.pem")


@pytest.fixture(scope="module")
def worked(tmp_path_factory):
    """Toy project, cluster and certificates."""
    import dask
    from distributed import LocalCluster, Security

    folder = tmp_path_factory.mktemp("cluster")
    with pytest.MonkeyPatch.context() as patch, ExitStack() as stack:
        patch.syspath_prepend(TOY)
        import toy_project

        patch.setenv("RESEARCH_ROOT", str(toy_project.write_project(folder / "project")))
        patch.setenv("PYTHONPATH", os.pathsep.join([str(TOY), *sys.path]))
        tls = certificate(folder)
        roles = ("client", "scheduler", "worker")
        files = {f"tls_{role}_{x}": str(getattr(tls, x)) for role in roles for x in ("cert", "key")}
        settings = {"distributed.worker.daemon": False}
        settings["distributed.scheduler.no-workers-timeout"] = "60s"  # a failure, no endless wait
        stack.enter_context(dask.config.set(settings))
        started = stack.enter_context(
            LocalCluster(
                n_workers=2,  # one goes on where the other is slow to come back
                threads_per_worker=1,
                host="127.0.0.1",
                dashboard_address=":0",
                local_directory=str(folder),
                protocol="tls://",
                security=Security(tls_ca_file=str(tls.ca), **files),
            )
        )
        yield SimpleNamespace(toy=toy_project, cluster=started, tls=tls, root=folder / "project")


@pytest.fixture
def swept(worked):
    def run(tasks, **more):
        given = {"tls": worked.tls, "specs": worked.toy.SPECS, **more}
        return run_on_cluster(tasks, worked.cluster.scheduler_address, **given)

    return run


def tasks(*values):
    return [runs.task("01_one", {**VALUES, **more}) for more in values]


def without_times(results):
    return sorted((replace(one, seconds=0) for one in results), key=lambda one: one.id)


def test_results_are_those_of_this_machine_failed_runs_among_them(swept, worked):
    asked = tasks({"text": "a"}, {"action": "raise"})
    ours = without_times(swept(asked))
    assert ours == without_times(runs.run_local(asked, 2, specs=worked.toy.SPECS))
    assert sorted((one.state, (one.error or {}).get("cell")) for one in ours) == [
        ("failed", 3),
        ("ok", None),
    ]


def test_a_scheduler_that_dies_is_told_and_the_runs_that_ended_stay(toy, tmp_path, begin):
    file, place = tmp_path / "scheduler.json", tmp_path / "sweep"
    dask = [sys.executable, "-m", "dask"]
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL, "cwd": tmp_path}
    quiet["env"] = os.environ | {
        "PYTHONPATH": os.pathsep.join([str(TOY), *sys.path]),
        "DASK_DISTRIBUTED__WORKER__DAEMON": "False",
    }
    here = ["--scheduler-file", str(file), "--no-dashboard"]
    scheduler = begin(*dask, "scheduler", "--host", "127.0.0.1", "--port", "0", *here, **quiet)
    begin(*dask, "worker", "--no-nanny", "--nthreads", "1", *here, **quiet)
    end = time.monotonic() + 60
    while not (file.is_file() and file.stat().st_size):
        assert time.monotonic() < end, "no scheduler"
        time.sleep(0.1)
    run = partial(run_on_cluster, address=json.loads(file.read_text())["address"], specs=toy.SPECS)
    plan = plan_sweep(toy.SPECS[0], {"parameters": {"pause": [0.0, 30.0]}}, toy.SPECS)
    with opened(place, plan) as kept:
        results = kept_as_they_end(kept, kept.todo(), run)
        assert next(results).state == "ok"
        scheduler.kill()
        with pytest.raises(RunError, match="the runs that ended are kept") as told:
            next(results)
    assert "--scheduler: asked for a scheduler with workers; found" in str(told.value)
    with opened(place, plan) as kept:
        assert (len(kept.done), len(kept.todo())) == (1, 1)


def test_a_worker_with_another_notebook_is_named(swept, worked):
    notebook = worked.root / "notebooks/01_one.ipynb"
    before, asked = notebook.read_bytes(), tasks(*({"text": x} for x in "xyz"))
    results = swept(asked)
    assert next(results).state == "ok"
    notebook.write_bytes(before.replace(b"## Sleep", b"## Doze"))
    try:
        with pytest.raises(DataError, match="inputs") as late:
            list(results)
    finally:
        notebook.write_bytes(before)
    assert late.value.faults[0].where in worked.cluster.scheduler.workers


def test_a_worker_with_another_notebook_runs_nothing(toy, monkeypatch):
    monkeypatch.setattr("distributed.get_worker", lambda: SimpleNamespace(address="here"))
    ((_, given, _),) = cluster._handed(tasks({}), {spec.name: spec for spec in toy.SPECS})
    toy.write_notebook(toy.SPECS[0].path, [*toy._CELLS, ("code", "1", [])])
    assert "result" not in json.loads(cluster._on_worker(given))


def test_a_scheduler_takes_no_stranger_and_no_plain_connection(swept, worked, tmp_path):
    ours, other = worked.tls, certificate(tmp_path)
    for tls in (
        other,
        Tls(ours.ca, ours.cert, other.key),
        Tls(other.key, ours.cert, ours.key),
    ):
        with pytest.raises(RunError, match=r"A tls:// one needs the PEM files"):
            next(swept(tasks({}), tls=tls))
    plain = worked.cluster.scheduler_address.replace("tls", "tcp")
    with pytest.raises(RunError, match="scheduler that answers"):
        next(run_on_cluster(tasks({}), plain, specs=worked.toy.SPECS))


def test_a_worker_killed_in_the_middle_loses_nothing(swept, worked):
    asked = tasks(*({"text": f"run {n}", "pause": 0.5} for n in range(3)))
    results = swept(asked)
    first = next(results)
    os.kill(worked.cluster.workers[0].process.pid, signal.SIGKILL)
    ended = [first, *results]
    assert sorted(one.id for one in ended) == sorted(one.id for one in asked)
    assert {one.state for one in ended} == {"ok"}


def test_a_run_that_workers_die_of_failed_and_the_others_go_on(swept, worked, monkeypatch):
    works = cluster._on_worker
    deadly = lambda given: os._exit(1) if "deadly" in given else works(given)  # noqa: E731
    monkeypatch.setattr(cluster, "_on_worker", deadly)
    monkeypatch.setattr(worked.cluster.scheduler, "allowed_failures", 0)  # one worker is left
    good, bad = asked = tasks({"text": "fine"}, {"text": "deadly"})
    ended = {one.id: one for one in swept(asked)}
    assert (ended[good.id].state, ended[bad.id].state) == ("ok", "failed")
    assert ended[bad.id].error["name"] == "KilledWorker"
    assert ended[bad.id].inputs == ended[good.id].inputs


def test_no_scheduler_no_worker_and_no_package_are_said(worked, monkeypatch):
    from distributed import LocalCluster

    monkeypatch.setattr(cluster, "ANSWER_SECONDS", 0.5)
    with pytest.raises(RunError, match="scheduler that answers"):
        next(run_on_cluster([], "tcp://127.0.0.1:9"))
    empty = LocalCluster(n_workers=0, host="127.0.0.1", dashboard_address=":0")
    with empty, pytest.raises(RunError, match="asked for a worker"):
        next(run_on_cluster([], empty.scheduler_address))
    monkeypatch.setitem(sys.modules, "distributed", None)
    with pytest.raises(InputError, match=r"pip install -e '.\[cluster\]'"):
        next(run_on_cluster([], "tcp://127.0.0.1:9"))


@pytest.mark.parametrize(
    ("address", "tls", "words"),
    [
        ("127.0.0.1:8786", Tls(), "tcp://host:port"),
        ("tcp://[::1:8786", Tls(), "tcp://host:port"),
        ("tls://10.0.0.7:8786", Tls(ca=Path("gone.pem")), "--tls-ca.*gone.pem(.|\n)*--tls-key"),
        ("tcp://127.0.0.1:8786", Tls(ca=Path("ca.pem")), "and with certificates"),
        ("tcp://10.0.0.7:8786", Tls(), "run code on the workers"),
        ("tcp://cluster.example:8786", Tls(), "tls:// beyond this machine"),
    ],
)
def test_an_address_that_is_not_safe_or_not_usable_is_refused(address, tls, words):
    with pytest.raises(InputError, match=words):
        cluster.check_address(address, tls)


def test_plain_connections_stay_on_this_machine():
    for host in ("localhost", "127.0.0.1", "[::1]"):
        cluster.check_address(f"tcp://{host}:8786", Tls())


#: Keywords of `SLURMCluster` that the documentation of dask-jobqueue 0.9 has.
SLURM = {
    *("queue", "account", "walltime", "cores", "memory", "processes", "python", "security"),
    *("worker_extra_args", "job_script_prologue", "scheduler_options", "protocol"),
}


def test_the_slurm_script_asks_what_dask_jobqueue_knows_and_runs_the_same_sweep(
    toy, tmp_path, monkeypatch
):
    from distributed.cli.dask_worker import main as dask_worker
    from typer.main import get_command

    from research.cli.commands import app

    monkeypatch.setenv("RESEARCH_ROOT", str(TOY.parents[1]))
    monkeypatch.chdir(tmp_path)
    certificate(tmp_path)
    script = cluster.slurm_script(["research", "sweep", "02_jobs", "--grid", "g.yaml"])
    jobs, run = MagicMock(), MagicMock(return_value=SimpleNamespace(returncode=7))
    begun = jobs.SLURMCluster.return_value
    begun.scheduler_address = "tls://10.0.0.7:4321"
    monkeypatch.setitem(sys.modules, "dask_jobqueue", jobs)
    monkeypatch.setattr("distributed.Client", MagicMock())
    monkeypatch.setattr("subprocess.run", run)
    with pytest.raises(SystemExit, match="7"):
        exec(compile(script, "slurm.py", "exec"), {"__name__": "__main__"})
    made = jobs.SLURMCluster.call_args.kwargs
    assert {*made} <= SLURM
    assert (made["cores"], made["processes"], made["walltime"]) == (1, 1, "01:30:00")
    begun.adapt.assert_called_once_with(minimum_jobs=1, maximum_jobs=100)
    assert made["security"].get_tls_config_for_role("worker")["key"] == str(tmp_path / "key.pem")
    assert "untried on a real queue" in script.lower()
    dask_worker.make_context("worker", ["tls://h:1", *made["worker_extra_args"]])
    sweep = get_command(app).commands["sweep"]
    read = sweep.make_context("sweep", run.call_args.args[0][2:]).params
    assert read["scheduler"] == begun.scheduler_address
    cluster.check_address(
        read["scheduler"], Tls(*(read[f"tls_{x}"] for x in ("ca", "cert", "key")))
    )


def test_the_page_on_scaling_says_what_was_measured_and_its_commands_are_dasks():
    from benchmarks.cluster import PAGE, RECORD, said
    from distributed.cli import dask_scheduler, dask_worker

    root = TOY.parents[1]
    page = (root / PAGE).read_text()
    assert said(json.loads((root / RECORD).read_text())) in page
    commands = re.findall(r"dask (scheduler|worker) ([^`]*?[^\\\n])\n(?!  )", page)
    assert [kind for kind, _ in commands] == ["scheduler", "worker"]
    for kind, line in commands:
        command = {"scheduler": dask_scheduler, "worker": dask_worker}[kind].main
        given = line.replace("\\\n", " ").replace("cert.pem", __file__).replace("key.pem", __file__)
        assert command.make_context(kind, shlex.split(given)).params["tls_ca_file"] == __file__
