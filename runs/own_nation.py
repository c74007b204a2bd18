"""The class that ``abm view --nation MODULE:CLASS`` names."""

from __future__ import annotations

import importlib
import inspect
import sys
from pathlib import Path

from abm.agents import Nation
from abm.words import ArgumentError, nearest


def nation_class(named: str) -> type[Nation]:
    """A subclass of :class:`~abm.agents.Nation` by module and name; modules of the working directory are found too.

    Errors: ArgumentError in one sentence for each thing that can be wrong with it.
    """
    module_name, colon, name = named.partition(":")
    if not (colon and name.isidentifier() and all(part.isidentifier() for part in module_name.split("."))):
        raise ArgumentError("nation", named, "is not MODULE:CLASS, such as mine:Wary for the class Wary in mine.py")
    here = str(Path.cwd())
    if here not in sys.path:
        sys.path.insert(0, here)
    try:
        module = importlib.import_module(module_name)
    except ModuleNotFoundError as error:
        if error.name is not None and (module_name == error.name or module_name.startswith(f"{error.name}.")):
            raise ArgumentError("nation", named, f"there is no module {module_name} here or among the installed ones") from None
        raise ArgumentError("nation", named, f"{module_name} cannot be imported: {error}") from None
    except Exception as error:
        raise ArgumentError("nation", named, f"{module_name} cannot be imported: {type(error).__name__}: {error}") from None
    found = getattr(module, name, None)
    if found is None:
        classes = [known for known, thing in vars(module).items() if inspect.isclass(thing) and issubclass(thing, Nation)]
        hint = nearest(name, classes) if classes else "nor any other class of nations"
        raise ArgumentError("nation", named, f"{module_name} has no {name}; {hint}")
    if not (inspect.isclass(found) and issubclass(found, Nation)):
        raise ArgumentError("nation", named, f"{name} is no subclass of abm.agents.Nation")
    return found
