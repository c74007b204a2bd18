"""Importing this loads the compiled rules once, so that processes forked from here start at once."""

from runs.execution import run_chunk
from tests import sweeps

run_chunk(sweeps.plan(points=1, replicates=1, steps=12).some(range(1)))
