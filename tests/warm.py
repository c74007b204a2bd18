"""Importing this loads the compiled rules once, so that processes forked from here start at once."""

from runs.perform import perform
from tests import sweeps

perform(sweeps.plan(points=1, replicates=1, steps=12).some(range(1)))
