"""Importing this loads the compiled rules once, so that processes forked from here start at once."""

from runs.tables import do
from tests import sweeps

do(sweeps.plan(points=1, replicates=1, steps=12).part(range(1)))
