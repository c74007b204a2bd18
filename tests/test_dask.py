"""Sweeps on a real Dask cluster on loopback: a scheduler and workers as processes of their own, some of which die."""

import json
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest

from runs import cluster
from runs.cluster import dask
from runs.store import StoreError
from runs.sweep import local
from tests import sweeps

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("dask")]
ROOT = Path(__file__).parent.parent
PLAN = sweeps.plan(points=30, replicates=8, chunk=4, steps=12)


class Cluster:
    """A Dask scheduler and workers, by the commands that a person would type."""

    def __init__(self, folder: Path):
        self.folder, self.workers = folder, []
        self.scheduler = self._dask("scheduler", "--port", "0", "--scheduler-file", folder / "scheduler.json")

    def _dask(self, *arguments, root: Path = ROOT):
        command = [sys.executable, "-m", "dask", *map(str, arguments), "--host", "127.0.0.1", "--no-dashboard"]
        environment = {**os.environ, "PYTHONPATH": str(root)}
        with open(self.folder / "log", "a") as log:
            return subprocess.Popen(command, cwd=self.folder, env=environment, stdout=log, stderr=log)

    @property
    def address(self) -> str:
        """Where the scheduler listens."""
        for _ in range(600):
            try:
                return json.loads((self.folder / "scheduler.json").read_text())["address"]
            except (FileNotFoundError, ValueError):
                time.sleep(0.05)
        raise AssertionError((self.folder / "log").read_text())

    def add_worker(self, root: Path = ROOT) -> None:
        """Another worker, of one thread, with the project as it stands in ``root``."""
        self.workers.append(self._dask("worker", self.address, "--nthreads", "1", "--no-nanny", root=root))

    def close(self) -> None:
        """Kill what is left."""
        for process in (*self.workers, self.scheduler):
            process.kill()
            process.wait()


@pytest.fixture
def running(tmp_path):
    """A cluster of two workers."""
    folder = tmp_path / "cluster"
    folder.mkdir()
    found = Cluster(folder)
    found.add_worker()
    found.add_worker()
    yield found
    found.close()


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory):
    return sweeps.files(sweeps.carry(PLAN, tmp_path_factory.mktemp("undisturbed"), local(2)))


@pytest.fixture(scope="module")
def other_sources(tmp_path_factory):
    """A copy of the project in which a rule was edited."""
    root = tmp_path_factory.mktemp("edited")
    for package in ("abm", "runs"):
        shutil.copytree(ROOT / package, root / package, ignore=shutil.ignore_patterns("__pycache__"))
    with open(root / "abm" / "submodels" / "payoff.py", "a") as file:
        file.write("\n# edited\n")
    return root


def test_the_files_are_those_of_one_machine_to_the_byte(running, tmp_path, undisturbed):
    assert sweeps.files(sweeps.carry(PLAN, tmp_path / "out", dask(running.address))) == undisturbed


def test_workers_killed_in_the_middle_lose_and_double_nothing(running, tmp_path, undisturbed):
    """One of two workers dies, then the other, and only then a third one comes."""
    due = [20, 60]

    def kill(done, before, failed):
        if due and done >= due[0]:
            running.workers[2 - len(due)].kill()
            due.pop(0)
            if not due:
                running.add_worker()

    sweeps.carry(PLAN, tmp_path / "out", dask(running.address), progress=kill)
    assert not due
    assert sweeps.files(tmp_path / "out") == undisturbed


def test_a_scheduler_that_is_gone_is_a_clear_error_and_the_same_command_goes_on(running, tmp_path, undisturbed):
    def kill(done, before, failed):
        if done >= 40:
            running.scheduler.kill()

    address = running.address
    with pytest.raises(StoreError, match=f"{address}: the Dask scheduler is gone; what was finished is whole"):
        sweeps.carry(PLAN, tmp_path / "out", dask(address), progress=kill)
    stood = len(list((tmp_path / "out" / "runs").glob("*.parquet")))
    assert 10 <= stood < PLAN.chunks
    (tmp_path / "again").mkdir()
    again = Cluster(tmp_path / "again")
    try:
        again.add_worker()
        done = []
        sweeps.carry(PLAN, tmp_path / "out", dask(again.address), progress=lambda *counts: done.append(counts))
    finally:
        again.close()
    assert done[0] == (4 * stood, 4 * stood, 0)
    assert sweeps.files(tmp_path / "out") == undisturbed


@pytest.mark.parametrize("where", ["result", "exception"])
def test_a_scheduler_that_goes_while_a_result_is_fetched_is_the_same_clear_error(running, tmp_path, monkeypatch, where):
    import distributed

    def closed(self, *_, **__):
        raise distributed.comm.CommClosedError("Connection reset by peer")

    monkeypatch.setattr(distributed.Future, where, closed)
    if where == "exception":  # asked for of a task that failed
        monkeypatch.setattr(distributed.Future, "status", "error")
    with pytest.raises(StoreError, match="the Dask scheduler is gone; what was finished is whole"):
        sweeps.carry(PLAN, tmp_path / "out", dask(running.address))


def test_a_worker_with_other_sources_is_refused(running, tmp_path, other_sources):
    with pytest.raises(StoreError, match=r"this worker has other sources of the model"):
        sweeps.carry(PLAN, tmp_path / "out", _with_other(running, other_sources))
    assert not (tmp_path / "out" / "runs").exists()


def _with_other(running, root):
    """An executor on a cluster that a worker with other sources has joined before the sweep begins."""
    import distributed

    running.add_worker(root)
    with distributed.Client(running.address) as client:
        client.wait_for_workers(3, timeout=60)
    return dask(running.address)


def test_a_worker_with_other_sources_that_comes_late_is_refused(running, tmp_path, other_sources):
    import distributed

    def join(done, before, failed):
        if done == 20:
            running.add_worker(other_sources)
            with distributed.Client(running.address, set_as_default=False) as client:
                client.wait_for_workers(3, timeout=60)

    with pytest.raises(StoreError, match="a worker that joined later: this worker has other sources"):
        sweeps.carry(PLAN, tmp_path / "out", dask(running.address), progress=join)


def test_without_an_address_the_cluster_is_of_processes_here(tmp_path, undisturbed):
    assert sweeps.files(sweeps.carry(PLAN, tmp_path, dask(workers=2))) == undisturbed


def test_no_scheduler_and_no_workers_are_one_sentence_each(tmp_path, monkeypatch):
    monkeypatch.setattr(cluster, "PATIENCE", 2)
    with pytest.raises(StoreError, match="no Dask scheduler answers there"):
        sweeps.carry(PLAN, tmp_path / "out", dask("tcp://127.0.0.1:9"))
    with pytest.raises(StoreError, match="nowhere: no Dask scheduler answers there"):
        sweeps.carry(PLAN, tmp_path / "out", dask("nowhere"))
    (tmp_path / "empty").mkdir()
    empty = Cluster(tmp_path / "empty")
    try:
        with pytest.raises(StoreError, match=r"has no workers; start some with: dask worker tcp://127\.0\.0\.1"):
            sweeps.carry(PLAN, tmp_path / "out", dask(empty.address))
    finally:
        empty.close()


def test_without_dask_the_other_engine_is_named(monkeypatch):
    monkeypatch.setitem(sys.modules, "distributed", None)
    with pytest.raises(StoreError, match=r"pip install 'ai-sovereignty\[dask\]'; --engine local needs nothing"):
        dask()
