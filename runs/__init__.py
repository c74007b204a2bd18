"""Running the model: one scenario, ensembles and sweeps; what they leave on disk; the command line."""

from runs.results import Result
from runs.results import open_result as open

__all__ = ["Result", "open"]
