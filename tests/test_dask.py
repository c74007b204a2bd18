"""Sweeps on a real Dask cluster on loopback: a scheduler and workers as processes of their own, some of which die."""

import http.server
import json
import multiprocessing
import os
import re
import shutil
import signal
import socketserver
import subprocess
import sys
import threading
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from abm.provenance import decisive
from runs import cluster, execution
from runs.cluster import dask
from runs.execution import Done
from runs.manifest import StoreError
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

    def add_worker(self, root: Path = ROOT, nanny: Sequence[str] = ("--no-nanny",)) -> None:
        """Another worker, of one thread, with the project as it stands in ``root``."""
        self.workers.append(self._dask("worker", self.address, "--nthreads", "1", *nanny, root=root))

    def close(self) -> None:
        """Kill what is left."""
        for process in (*self.workers, self.scheduler):
            process.kill()
            process.wait()


@contextmanager
def cluster_in(folder: Path):
    """A cluster of two workers."""
    found = Cluster(folder)
    found.add_worker()
    found.add_worker()
    try:
        yield found
    finally:
        found.close()


@pytest.fixture
def running(tmp_path_factory):
    """A cluster of its own, for a test that does not leave it as it was."""
    with cluster_in(tmp_path_factory.mktemp("cluster")) as found:
        yield found


@pytest.fixture(scope="module")
def lasting(tmp_path_factory):
    """The cluster of all other tests: its three processes take a quarter of a minute of a processor to start."""
    with cluster_in(tmp_path_factory.mktemp("lasting")) as found:
        yield found


@pytest.fixture
def shared(lasting):
    """The same, of the same two workers after the test: one that joined them is gone."""
    import distributed

    yield lasting
    for process in lasting.workers[2:]:
        process.kill()
        process.wait()
    del lasting.workers[2:]
    with distributed.Client(lasting.address, set_as_default=False) as client:
        while len(client.scheduler_info()["workers"]) > 2:
            time.sleep(0.05)


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


def test_the_files_are_those_of_one_machine_to_the_byte(shared, tmp_path, undisturbed):
    assert sweeps.files(sweeps.carry(PLAN, tmp_path / "out", dask(shared.address))) == undisturbed


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
def test_a_scheduler_that_goes_while_a_result_is_fetched_is_the_same_clear_error(shared, tmp_path, monkeypatch, where):
    import distributed

    def closed(self, *_, **__):
        raise distributed.comm.CommClosedError("Connection reset by peer")

    monkeypatch.setattr(distributed.Future, where, closed)
    if where == "exception":  # asked for of a task that failed
        monkeypatch.setattr(distributed.Future, "status", "error")
    with pytest.raises(StoreError, match="the Dask scheduler is gone; what was finished is whole"):
        sweeps.carry(PLAN, tmp_path / "out", dask(shared.address))


def test_a_worker_with_other_sources_is_refused(shared, tmp_path, other_sources):
    with pytest.raises(StoreError, match=r"this worker has other sources of the model"):
        sweeps.carry(PLAN, tmp_path / "out", _with_other(shared, other_sources))
    assert not (tmp_path / "out" / "runs").exists()


def _with_other(running, root):
    """An executor on a cluster that a worker with other sources has joined before the sweep begins."""
    import distributed

    running.add_worker(root)
    with distributed.Client(running.address) as client:
        client.wait_for_workers(3, timeout=60)
    return dask(running.address)


def test_a_worker_with_other_sources_that_comes_late_is_refused(shared, tmp_path, other_sources):
    import distributed

    def join(done, before, failed):
        if done == 20:
            shared.add_worker(other_sources)
            with distributed.Client(shared.address, set_as_default=False) as client:
                client.wait_for_workers(3, timeout=60)

    with pytest.raises(StoreError, match=r"^tcp://127\.0\.0\.1:\d+: this worker has other sources of the model"):
        sweeps.carry(PLAN, tmp_path / "out", dask(shared.address), progress=join)


def test_without_an_address_the_cluster_is_of_processes_here(tmp_path, undisturbed):
    assert sweeps.files(sweeps.carry(PLAN, tmp_path, dask(workers=2))) == undisturbed


def test_no_scheduler_and_no_workers_are_one_sentence_each(tmp_path, monkeypatch):
    monkeypatch.setattr(cluster, "PATIENCE", 2)
    with pytest.raises(StoreError, match="no Dask scheduler answers there"):
        sweeps.carry(PLAN, tmp_path / "out", dask("tcp://127.0.0.1:9"))
    (tmp_path / "empty").mkdir()
    empty = Cluster(tmp_path / "empty")
    try:
        with pytest.raises(StoreError, match=r"has no workers; start some with: dask worker tcp://127\.0\.0\.1"):
            sweeps.carry(PLAN, tmp_path / "out", dask(empty.address))
    finally:
        empty.close()


@pytest.mark.parametrize(
    "address",
    ["nowhere", "localhost", "localhost:", "http://localhost:8786", "https://node1:8786", "tcp://", "tcp://localhost", ":8786",
     "", "tcp://localhost:99999", "tcp://localhost:0", "tcp:/localhost:8786", "tcp://local host:8786", "tcp://a:b:1", "8786"],
)
def test_what_is_no_address_is_one_sentence_at_once(address):
    with pytest.raises(StoreError) as told:
        dask(address)
    said = "is no address of a Dask scheduler; allowed is tcp://HOST:PORT, such as tcp://node1:8786"
    assert str(told.value) == f"{address}: {said}"


@pytest.mark.parametrize("address", ["tcp://nowhere.invalid:8786", "nowhere.invalid:1", f"tcp://{'x' * 70}:1"])
def test_a_host_that_is_not_known_is_one_sentence_at_once(address):
    with pytest.raises(StoreError, match="there is no host"):
        dask(address)


@pytest.mark.parametrize("address", ["127.0.0.1:8786", "tcp://[::1]:8786", "tls://localhost:1"])
def test_addresses_of_all_allowed_forms_are_taken(address):
    dask(address)


class Silent(socketserver.BaseRequestHandler):
    """Takes a connection and says nothing."""

    def handle(self):
        while self.request.recv(1000):
            pass


class Garbage(socketserver.BaseRequestHandler):
    """Says at once what Dask cannot read."""

    def handle(self):
        self.request.sendall(b"220 mail.example ESMTP\r\n" * 50)


@pytest.mark.parametrize("kind", [http.server.BaseHTTPRequestHandler, Silent, Garbage])
def test_a_server_of_another_kind_is_one_sentence_in_time(tmp_path, monkeypatch, kind):
    monkeypatch.setattr(cluster, "PATIENCE", 2)
    began = time.monotonic()
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), kind) as server:
        server.daemon_threads = True
        threading.Thread(target=server.serve_forever, daemon=True).start()
        address = f"tcp://127.0.0.1:{server.server_address[1]}"
        with pytest.raises(StoreError, match=f"^{address}: .*no Dask scheduler"):
            sweeps.carry(PLAN, tmp_path / "out", dask(address))
        server.shutdown()
    assert time.monotonic() - began < 10


def short(monkeypatch, **seconds):
    """Patience of a few seconds instead of minutes."""
    for name, value in {"SILENT": 4, "ANSWER": 1, "PATIENCE": 20, "GIVE_UP": 8, **seconds}.items():
        monkeypatch.setattr(cluster, name, value)


def freeze(*processes):
    """A progress that stops processes with SIGSTOP, once some runs are done in this session."""

    def stop(done, before, failed):
        if done - before >= 20:
            for process in processes:
                process.send_signal(signal.SIGSTOP)

    return stop


@pytest.fixture
def thawed(lasting):
    """Lets the workers go on; at the end of a test, however it ends."""

    def thaw():
        for process in lasting.workers:
            process.send_signal(signal.SIGCONT)

    yield thaw
    thaw()


def test_the_chunks_of_frozen_workers_go_to_others_and_without_any_the_sweep_ends_in_time(
    shared, tmp_path, monkeypatch, undisturbed, thawed
):
    short(monkeypatch)
    told: list[str] = []
    one, other = shared.workers
    execute = dask(shared.address, notice=told.append)
    sweeps.carry(PLAN, tmp_path / "one", execute, progress=freeze(one))
    assert sweeps.files(tmp_path / "one") == undisturbed
    said = re.compile(r"tcp://127\.0\.0\.1:\d+: this worker has been silent for 4 s; its work goes to others")
    assert told  # of the frozen one; on a machine with more to do than it can, of the other too, which comes back
    assert [sentence for sentence in told if not said.fullmatch(sentence)] == []
    monkeypatch.setattr(cluster, "PATIENCE", 5)  # one is silent from the start, and then the other
    with pytest.raises(StoreError, match="no worker works, and nothing was done for 8 s; what was finished is whole"):
        sweeps.carry(PLAN, tmp_path / "both", execute, progress=freeze(other))
    assert standing(tmp_path / "both") >= 5
    thawed()
    sweeps.carry(PLAN, tmp_path / "both", execute)
    assert sweeps.files(tmp_path / "both") == undisturbed


def test_a_frozen_scheduler_is_told_and_the_sweep_ends_in_time(running, tmp_path, monkeypatch):
    short(monkeypatch)
    told, address, began = [], running.address, time.monotonic()
    with pytest.raises(StoreError, match=f"{address}: the scheduler has been silent for 4 s, and nothing was done for 8 s"):
        sweeps.carry(PLAN, tmp_path / "out", dask(address, notice=told.append), progress=freeze(running.scheduler))
    assert told.count(f"{address}: the scheduler has been silent for 4 s; waiting for 8 s at most") == 1
    short(monkeypatch, PATIENCE=3)
    with pytest.raises(StoreError, match="a server there has said nothing for 3 s"):
        sweeps.carry(PLAN, tmp_path / "out", dask(address))
    assert time.monotonic() - began < 60


def standing(directory):
    return len(list((directory / "runs").glob("*.parquet")))


#: A cluster within this process, on a real port.
WITHIN = {"n_workers": 1, "threads_per_worker": 2, "processes": False, "protocol": "tcp://", "dashboard_address": None}
OTHER = replace(PLAN, seed=700)  # the same design, the same numbers of chunks, other draws


@pytest.fixture(scope="module")
def other_undisturbed(tmp_path_factory):
    return sweeps.files(sweeps.carry(OTHER, tmp_path_factory.mktemp("other"), local(2)))


def test_sweeps_at_once_on_one_scheduler_stay_apart(tmp_path, undisturbed, other_undisturbed):
    """Two of other seeds, and one of the same job twice."""
    import distributed

    with distributed.LocalCluster(**WITHIN) as shared, ThreadPoolExecutor(3) as threads:
        sweep = [
            threads.submit(sweeps.carry, plan, tmp_path / str(index), dask(shared.scheduler_address))
            for index, plan in enumerate([PLAN, OTHER, PLAN])
        ]
        found = [sweeps.files(done.result()) for done in sweep]
    assert found == [undisturbed, other_undisturbed, undisturbed]


def carry_on(address, plan, directory):
    """What a process of its own does."""
    sweeps.carry(plan, directory, dask(address))


def test_a_client_that_was_frozen_while_another_swept_takes_nothing_of_it(shared, tmp_path, undisturbed, other_undisturbed):
    process = multiprocessing.get_context("spawn").Process(target=carry_on, args=(shared.address, PLAN, tmp_path / "frozen"))
    process.start()
    try:
        while standing(tmp_path / "frozen") < 5:
            assert process.is_alive()
            time.sleep(0.01)
        os.kill(process.pid, signal.SIGSTOP)
        assert sweeps.files(sweeps.carry(OTHER, tmp_path / "other", dask(shared.address))) == other_undisturbed
        assert standing(tmp_path / "frozen") < PLAN.chunks
    finally:
        os.kill(process.pid, signal.SIGCONT)
    process.join()
    assert process.exitcode == 0
    assert sweeps.files(tmp_path / "frozen") == undisturbed


def test_what_comes_home_of_another_sweep_is_done_again_or_refused(shared, tmp_path, monkeypatch, undisturbed):
    """Once for every chunk is mended; again and again is a fault."""
    import distributed

    result, seen, always = distributed.Future.result, set(), []

    def swapped(self, *arguments, **options):
        done = result(self, *arguments, **options)
        if not isinstance(done, Done) or (done.chunk in seen and not always):
            return done
        seen.add(done.chunk)
        return done._replace(job="0" * 64) if done.chunk % 2 else done._replace(chunk=done.chunk + 1)

    monkeypatch.setattr(distributed.Future, "result", swapped)
    assert sweeps.files(sweeps.carry(PLAN, tmp_path / "out", dask(shared.address))) == undisturbed
    always.append(True)
    with pytest.raises(StoreError, match=r"chunk \d+: 3 times what came home was of another sweep; what was finished is whole"):
        sweeps.carry(PLAN, tmp_path / "never", dask(shared.address))


def test_a_worker_whose_sources_changed_after_it_began_is_known_by_what_it_runs(tmp_path, undisturbed):
    """It has loaded the sources of this process: its results are right. Of the edited sources it is refused to be."""
    import distributed

    root = tmp_path / "copy"
    for package in ("abm", "runs"):
        shutil.copytree(ROOT / package, root / package, ignore=shutil.ignore_patterns("__pycache__"))
    found = Cluster(tmp_path)
    try:
        found.add_worker(root)
        execute = dask(found.address)
        assert sweeps.files(sweeps.carry(PLAN, tmp_path / "before", execute)) == undisturbed
        rule = root / "abm" / "submodels" / "payoff.py"
        text = rule.read_text("utf-8")
        rule.write_text(f"{text}\n# edited\n", "utf-8")
        assert sweeps.files(sweeps.carry(PLAN, tmp_path / "after", execute)) == undisturbed
        with distributed.Client(found.address, set_as_default=False) as client:
            loaded = client.submit(cluster.differing, decisive() | {"sources": hash_of(root)}, key="asked").result()
        assert loaded == ["sources"]  # so that a command that runs the edited sources refuses it
    finally:
        found.close()


def hash_of(root):
    """The hash of the sources as a command that starts there now would tell it."""
    command = [sys.executable, "-c", "from abm.provenance import results_hash; print(results_hash())"]
    return subprocess.check_output(command, env={**os.environ, "PYTHONPATH": str(root)}, cwd=root, text=True).strip()


def test_a_worker_of_too_little_memory_is_one_sentence(tmp_path, monkeypatch):
    """Its nanny kills it again and again, or it stops by itself."""
    short(monkeypatch, SILENT=20, GIVE_UP=15, DEATHS=1)
    found = Cluster(tmp_path)
    try:
        found.add_worker(nanny=["--memory-limit", "120MB"])
        with pytest.raises(StoreError, match=r"1 times its workers died, perhaps for want of memory|no workers? (works|are)"):
            sweeps.carry(PLAN, tmp_path / "out", dask(found.address))
    finally:
        found.close()


def test_a_fault_of_a_workers_machine_stops_the_sweep_and_the_same_command_goes_on(tmp_path, monkeypatch, undisturbed):
    import distributed

    simulate = execution.simulate

    def short_of_memory(world, steps, seeds, *rest, **options):
        if seeds[0] == PLAN.part(9).seeds[0] and len(list((tmp_path / "runs").glob("*"))) > 5:
            raise MemoryError
        return simulate(world, steps, seeds, *rest, **options)

    with distributed.LocalCluster(**WITHIN) as shared:
        with monkeypatch.context() as broken:
            broken.setattr(execution, "simulate", short_of_memory)
            with pytest.raises(StoreError, match=r"^runs \d+ to \d+: there is not enough memory to do them; what was finished"):
                sweeps.carry(PLAN, tmp_path, dask(shared.scheduler_address))
        assert 5 < standing(tmp_path) < PLAN.chunks
        sweeps.carry(PLAN, tmp_path, dask(shared.scheduler_address))
    assert sweeps.files(tmp_path) == undisturbed


def test_without_dask_the_other_engine_is_named(monkeypatch):
    monkeypatch.setitem(sys.modules, "distributed", None)
    with pytest.raises(StoreError, match="pip install dask distributed; --engine local needs nothing"):
        dask()
