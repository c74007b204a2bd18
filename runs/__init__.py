"""Running the model: one scenario, ensembles and sweeps; what they leave on disk."""

from typing import TYPE_CHECKING, Any

import abm as abm  # first, since it takes the digests of the sources

if TYPE_CHECKING:
    from runs.results import Result
    from runs.results import open_result as open

__all__ = ["Result", "open"]


def __getattr__(name: str) -> Any:
    """What is offered here is loaded when it is asked for: the command line must answer before all is loaded."""
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from runs import results

    return results.open_result if name == "open" else results.Result
