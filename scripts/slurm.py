"""Runs a sweep on Slurm, with as many jobs as there is work for.

UNTRIED ON A REAL QUEUE: that its arguments are those which dask-jobqueue 0.9 documents is all that
was checked. Read it, set queue and account, begin with a small grid.

`research sweep NOTEBOOK --grid FILE --print-slurm > sweep_slurm.py` prints it with the command of
a sweep filled in. It runs where `sbatch` does: it is a scheduler, whose workers are jobs, and then
runs the sweep against it. It needs this project, dask-jobqueue and the certificate that
docs/scaling.md makes, all in places that every node sees.
"""

import subprocess
import sys
from pathlib import Path

from dask_jobqueue import SLURMCluster
from distributed import Client, Security

# Filled in when it is printed.
COMMAND = ["research", "sweep"]

# Yours to set: certificates, jobs at a time and how long each may take.
CA, CERT, KEY = (str(Path(file).resolve()) for file in ("cert.pem", "cert.pem", "key.pem"))
MOST_JOBS, MINUTES = 100, 90
QUEUE = ACCOUNT = None  # Your cluster's own, if it asks for them.
MEMORY = "4GiB"  # Of a worker with one notebook; docs/scaling.json says what it takes.


def main() -> int:
    """Start the scheduler, wait for a first worker, and run the sweep."""
    pair = {"cert": CERT, "key": KEY}
    roles = ("client", "scheduler", "worker")
    files = {f"tls_{role}_{name}": file for role in roles for name, file in pair.items()}
    cluster = SLURMCluster(
        queue=QUEUE,
        account=ACCOUNT,
        cores=1,
        processes=1,
        memory=MEMORY,
        walltime=f"{MINUTES // 60:02}:{MINUTES % 60:02}:00",
        security=Security(require_encryption=True, tls_ca_file=CA, **files),
        protocol="tls://",
        python=sys.executable,
        # A worker runs a notebook in processes of its own, which dask's daemons may not start.
        job_script_prologue=["export DASK_DISTRIBUTED__WORKER__DAEMON=False"],
        # It leaves before the queue would kill it; another one takes what it was at.
        worker_extra_args=["--lifetime", f"{MINUTES - 10}m", "--lifetime-stagger", "4m"],
        scheduler_options={"dashboard_address": "127.0.0.1:0"},
    )
    with cluster, Client(cluster) as client:
        cluster.adapt(minimum_jobs=1, maximum_jobs=MOST_JOBS)
        client.wait_for_workers(1)
        files = ["--tls-ca", CA, "--tls-cert", CERT, "--tls-key", KEY]
        command = [*COMMAND, "--scheduler", cluster.scheduler_address, *files]
        return subprocess.run(command, check=False).returncode  # noqa: S603


if __name__ == "__main__":
    sys.exit(main())
