"""Faults of the machine: killed at any moment, damaged files, a full disk, two writers, clocks that jump."""

import errno
import json
import multiprocessing
import os
import random
import shutil
import signal
import subprocess
import time
from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest

import runs
from analysis.commands import status
from runs import resources, store
from runs.manifest import StoreError, read_manifest
from runs.sweep import local
from tests import sweeps

KILLS = 20
PLAN = sweeps.plan(points=30, replicates=8, chunk=4, steps=12)  # 60 chunks of four files
forked = multiprocessing.get_context("forkserver")
forked.set_forkserver_preload(["tests.warm"])


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory):
    return sweeps.files(sweeps.carry(PLAN, tmp_path_factory.mktemp("undisturbed"), local(2)))


def begin(directory, plan=PLAN):
    """Carry a plan out in a process of its own."""
    process = forked.Process(target=sweeps.carry, args=(plan, directory))
    process.start()
    return process


def wait_for(what, seconds=60.0):
    deadline = time.monotonic() + seconds
    while not what():
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.002)


def standing(directory):
    return len(list((directory / "runs").glob("*.parquet")))


def reached(directory, chunks):
    return standing(directory) >= chunks


@pytest.mark.slow
def test_killed_at_twenty_random_moments_the_sweep_ends_as_if_undisturbed(tmp_path):
    plan = sweeps.plan(points=40, replicates=16, chunk=4, steps=12)
    undisturbed = sweeps.files(sweeps.carry(plan, tmp_path / "undisturbed", local(2)))
    directory, chance, kept = tmp_path / "killed", random.Random(), []
    for _ in range(KILLS):
        before = standing(directory)
        process = begin(directory, plan)
        if before < plan.chunks / 2:  # now in the midst of chunks, now before or at the first
            least = before + chance.randrange(3)
            wait_for(partial(reached, directory, least))
        time.sleep(chance.uniform(0, 0.03))
        process.kill()
        process.join()
        assert process.exitcode == -signal.SIGKILL
        kept.append(standing(directory))
    assert kept == sorted(kept)
    assert 0 < kept[-1] < plan.chunks
    sweeps.carry(plan, directory)
    assert sweeps.files(directory) == undisturbed
    manifest = runs.open(directory).manifest
    assert (manifest["status"], manifest["runs"], manifest["failed"]) == ("complete", plan.count, 0)


def die_at(directory, plan, step):
    """Carry a plan out and be killed just before the ``step``-th step of writing."""
    taken = 0

    def counted(function):
        def act(*arguments, **options):
            nonlocal taken
            taken += 1
            if taken == step:
                os.kill(os.getpid(), signal.SIGKILL)
            return function(*arguments, **options)

        return act

    store.os.replace, store.os.fsync = counted(os.replace), counted(os.fsync)
    sweeps.carry(plan, directory)


def test_killed_at_each_step_of_writing_the_sweep_ends_as_if_undisturbed(tmp_path):
    plan = sweeps.plan(points=2, replicates=2, chunk=2, steps=12)
    whole = sweeps.files(sweeps.carry(plan, tmp_path / "whole"))
    for step in range(1, 3 * (1 + 2 * 4 + 1) + 1):  # fsync, rename, fsync of the folder: two manifests, two chunks of four tables
        directory = tmp_path / str(step)
        process = forked.Process(target=die_at, args=(directory, plan, step))
        process.start()
        process.join()
        assert process.exitcode == -signal.SIGKILL, step
        assert sweeps.files(sweeps.carry(plan, directory)) == whole, step


def test_a_sweep_begun_by_one_command_is_refused_to_another_until_it_dies(tmp_path, undisturbed):
    process = begin(tmp_path)
    try:
        wait_for(lambda: standing(tmp_path) > 0)
        os.kill(process.pid, signal.SIGSTOP)
        assert status.lines(tmp_path)[0].startswith("levers: running, ")
        for overwrite in (False, True):
            with pytest.raises(StoreError, match="another run is writing here"):
                sweeps.carry(PLAN, tmp_path, overwrite=overwrite)
    finally:
        process.kill()
        process.join()
    assert status.lines(tmp_path)[1] == "the same command goes on where it was"
    assert sweeps.files(sweeps.carry(PLAN, tmp_path)) == undisturbed


@pytest.mark.parametrize("damage", ["cut", "flipped", "empty", "gone", "doubled"])
@pytest.mark.parametrize("table", ["runs", "series", "ties"])
def test_a_damaged_chunk_is_found_named_and_done_again(tmp_path, damage, table):
    plan, told = sweeps.plan(), []
    whole = sweeps.files(sweeps.carry(plan, tmp_path))
    path = sorted((tmp_path / table).glob("*.parquet"))[1]
    content = path.read_bytes()
    if damage == "gone":
        path.unlink()
    elif damage == "doubled":
        path.with_name(f"{path.name[:6]}.{'0' * 16}.parquet").write_bytes(content)
    else:
        broken = {"cut": content[:-1], "flipped": content[:99] + bytes([content[99] ^ 1]) + content[100:], "empty": b""}
        path.write_bytes(broken[damage])
    sweeps.carry(plan, tmp_path, notice=told.append)
    assert sweeps.files(tmp_path) == whole
    why = {"gone": "is missing", "doubled": "stands twice", "flipped": "is damaged"}
    why = why.get(damage, "is not the file that was written")
    assert f"{path}: {why}; its chunk is done again" in told


def test_a_stranger_among_the_chunks_is_refused_not_removed(tmp_path):
    sweeps.carry(sweeps.plan(), tmp_path)
    stranger = tmp_path / "runs" / "mine.parquet"
    stranger.write_bytes(b"mine")
    with pytest.raises(StoreError, match=r"mine\.parquet: is no file of a sweep"):
        sweeps.carry(sweeps.plan(), tmp_path)
    assert stranger.read_bytes() == b"mine"


def test_overwriting_removes_only_what_a_sweep_left(tmp_path):
    mine = [tmp_path / "runs" / "plan.py", tmp_path / "notes.txt"]
    sweeps.carry(sweeps.plan(), tmp_path)
    for path in mine:
        path.write_text("mine")
    sweeps.carry(replace(sweeps.plan(), tables=("runs",), seed=1), tmp_path, overwrite=True)
    assert [path.read_text() for path in mine] == ["mine", "mine"]
    assert not (tmp_path / "series").exists()


@pytest.mark.parametrize("content", [b"{", b"[]", b'{"a": 1}', b"\xff", b"[" * 10**5, b"9" * 5000, b""])
def test_a_damaged_manifest_is_one_sentence_and_is_made_again(tmp_path, content):
    plan, told = sweeps.plan(2), []
    whole = sweeps.files(sweeps.carry(plan, tmp_path))
    path = tmp_path / "manifest.json"
    path.write_bytes(content)
    with pytest.raises(StoreError, match=r"manifest\.json: is (damaged|not the manifest|not as it was written)"):
        runs.open(tmp_path)
    began = {file: file.stat().st_mtime_ns for file in tmp_path.rglob("*.parquet")}
    sweeps.carry(plan, tmp_path, notice=told.append)
    assert told == [f"{path}: is not as it was written; it is made again, and so is what is not whole"]
    assert sweeps.files(tmp_path) == whole
    assert {file: file.stat().st_mtime_ns for file in tmp_path.rglob("*.parquet")} == began  # no run was done again
    assert runs.open(tmp_path).manifest["status"] == "complete"


@pytest.mark.parametrize("manifest", ["damaged", "gone"])
def test_chunks_of_another_run_are_not_removed_where_no_manifest_says_whose_they_are(tmp_path, manifest):
    sweeps.carry(replace(sweeps.plan(2), seed=1), tmp_path)
    before = sweeps.files(tmp_path)
    (tmp_path / "manifest.json").write_text("{")
    if manifest == "gone":
        (tmp_path / "manifest.json").unlink()
    with pytest.raises(StoreError, match="belongs to another run; take another directory, or overwrite"):
        sweeps.carry(sweeps.plan(2), tmp_path)
    assert sweeps.files(tmp_path) == before


def test_a_result_of_another_format_says_what_to_do(tmp_path):
    sweeps.carry(sweeps.plan(2), tmp_path)
    path = tmp_path / "manifest.json"
    for format in (None, 1, 99):
        manifest = {"plan": {}} | ({} if format is None else {"format": format})
        path.write_text(json.dumps(manifest))
        for read in (runs.open, partial(sweeps.carry, sweeps.plan(2))):
            with pytest.raises(StoreError, match=r"by another version of this project \(format .* elsewhere or over"):
                read(tmp_path)


@pytest.mark.parametrize("gone", ["all", "table", "file", "lock", "replaced"])
def test_what_is_taken_away_while_a_sweep_goes_on_is_told_and_never_called_complete(tmp_path, gone):
    out, whole = tmp_path / "out", sweeps.files(sweeps.carry(sweeps.plan(), tmp_path / "whole"))

    def take(done, before, failed):
        if done == 10:
            first = sorted((out / "series").glob("*.parquet"))[0]
            act = {
                "all": lambda: shutil.rmtree(out),
                "table": lambda: shutil.rmtree(out / "series"),
                "file": first.unlink,
                "lock": (out / ".lock").unlink,
                "replaced": lambda: (out.rename(tmp_path / "moved"), out.mkdir()),
            }
            act[gone]()

    with pytest.raises(StoreError, match="was taken away while the sweep went on; the same command"):
        sweeps.carry(sweeps.plan(), out, progress=take)
    assert not (out / "manifest.json").exists() or read_manifest(out)["status"] != "complete"
    assert sweeps.files(sweeps.carry(sweeps.plan(), out)) == whole


def test_a_table_that_is_a_link_is_not_followed(tmp_path):
    sweeps.carry(sweeps.plan(2), tmp_path / "mine")
    before = sweeps.files(tmp_path / "mine")
    sweeps.carry(sweeps.plan(2), tmp_path / "other")
    shutil.rmtree(tmp_path / "other" / "runs")
    (tmp_path / "other" / "runs").symlink_to(tmp_path / "mine" / "runs")
    with pytest.raises(StoreError, match="runs: is a link"):
        sweeps.carry(sweeps.plan(2), tmp_path / "other", overwrite=True)
    assert sweeps.files(tmp_path / "mine") == before


def test_a_disk_that_fills_up_leaves_what_stands_and_the_sweep_goes_on(tmp_path, undisturbed, monkeypatch):
    left, fsync = [37], os.fsync

    def full(file):
        left[0] -= 1
        if left[0] < 0:
            raise OSError(errno.ENOSPC, "No space left on device")
        fsync(file)

    with monkeypatch.context() as disk:
        disk.setattr(store.os, "fsync", full)
        with pytest.raises(StoreError, match="cannot be written: No space left on device; what stood before is whole"):
            sweeps.carry(PLAN, tmp_path)
    assert 0 < standing(tmp_path) < PLAN.chunks
    assert not list(tmp_path.rglob("*.part"))
    assert runs.open(tmp_path).sql("select count(*) from runs").fetchall()[0][0] == 4 * standing(tmp_path)
    assert sweeps.files(sweeps.carry(PLAN, tmp_path)) == undisturbed


@pytest.fixture
def small_disk(tmp_path):
    """A file system of its own of eight million bytes; skips where this user may not mount one."""
    disk = tmp_path / "disk"
    disk.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=8m", "tmpfs", disk]
    if not shutil.which("mount") or subprocess.run(mount, capture_output=True).returncode:
        pytest.skip("mounting a small disk needs root")
    yield disk
    subprocess.run(["umount", disk], check=True)


def test_a_small_disk_fills_up_and_is_emptied(small_disk, undisturbed):
    ballast = small_disk / "ballast"

    def fill(done, before, failed):
        if done == 40:
            ballast.write_bytes(b"x" * (shutil.disk_usage(small_disk).free - 100_000))

    out = small_disk / "out"
    with pytest.raises(StoreError, match="No space left on device"):
        sweeps.carry(PLAN, out, progress=fill)
    assert standing(out) >= 10
    ballast.unlink()
    assert sweeps.files(sweeps.carry(PLAN, out)) == undisturbed


def test_a_sweep_larger_than_the_disk_is_refused_before_it_starts(small_disk):
    plan = sweeps.plan(points=1000, replicates=1000, tables=("runs", "series"), chunk=1000, steps=12)
    with pytest.raises(StoreError, match=r"1,000,000 runs need about .* and [\d.]+ GB; [\d.]+ MB are free"):
        sweeps.carry(plan, small_disk / "out")
    assert not (small_disk / "out" / "manifest.json").exists()


def test_the_size_of_a_sweep_is_estimated_well(tmp_path):
    plan = sweeps.plan(points=50, replicates=40, chunk=200, steps=12)
    estimated, _ = resources.needed(plan, plan.chunks, plan.count, 1)
    found = sum(len(content) for content in sweeps.files(sweeps.carry(plan, tmp_path, local(2))).values())
    assert found / 1.5 < estimated < 1.5 * found


def test_clocks_that_jump_change_neither_results_nor_rates(tmp_path, monkeypatch):
    plan, jumps = sweeps.plan(), iter(range(10**9, -(10**9), -(10**5)))
    monkeypatch.setattr(time, "time", lambda: float(next(jumps)))
    sweeps.carry(plan, tmp_path)
    manifest = json.loads((tmp_path / "manifest.json").read_text())
    assert 0 < manifest["seconds"] < 60
    for path in tmp_path.rglob("*.parquet"):
        os.utime(path, (4e9, 4e9))
    (sorted((tmp_path / "runs").glob("*.parquet"))[0]).unlink()
    sweeps.carry(plan, tmp_path)
    assert runs.open(tmp_path).manifest["status"] == "complete"


def test_a_directory_that_cannot_be_is_one_sentence(tmp_path):
    (tmp_path / "file").write_text("")
    for directory in (tmp_path / "file", tmp_path / "file" / "inside", Path("/proc/none")):
        with pytest.raises(StoreError, match=r"is a file|cannot be written"):
            sweeps.carry(sweeps.plan(2), directory)
