"""The options that need neither vendor nor partner, each with the rules of the file of its name.

Such a file has ``terms(world, i, source)``, the :class:`~abm.attributes.Terms` of nation i's payoff, and
``service(world, i, source)``, the :class:`~abm.submodels.payoff.Service` that it gets in a step. Trust in the option's users
stands in ``source_trust``.
"""

from importlib import import_module

from abm.compiled import generated
from abm.options import LONE, first_lone

_FILES = {option.name: import_module(f"{__package__}.{option.name}") for option in LONE}


def _each(rule: str, line: str) -> list[str]:
    """A line for each option; {rule} is its own rule of that name, {index} its index."""
    return [f"    {line}".format(rule=f"{name}_{rule}", index=index) for index, name in enumerate(_FILES)]


def _dispatch(rule: str):
    """The ``rule`` of the option behind a source, as a function of world, nation and source."""
    scope = {"first_lone": first_lone} | {f"{name}_{rule}": getattr(file, rule) for name, file in _FILES.items()}
    lines = [
        f"def lone_{rule}(world, i, source):",
        *_each(rule, "if source == first_lone(world) + {index}: return {rule}(world, i, source)"),
        "    raise ValueError('no option of its own has this source')",
    ]
    return generated(f"lone_{rule}", lines, scope)


lone_terms, lone_service = _dispatch("terms"), _dispatch("service")
