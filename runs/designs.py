"""Designs: how the points of a sweep are laid out over its axes.

Each design is one function of the axes, the options of its method and the present point, returning (P, F) points. What a
method needs is declared in :data:`METHODS`, so that a design too small for it is refused with the number it needs.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType
from typing import Any, NamedTuple

import numpy as np

from runs.axes import Axis
from runs.extras import install_module

LIMIT = 20_000_000  # numbers in a design, of which a few copies are held in memory while it is laid out


class DesignError(ValueError):
    """What a method cannot do with these axes or numbers, in one clause."""


def grid(axes: Sequence[Axis], options: dict[str, Any]) -> np.ndarray:
    """Every combination; the last axis varies fastest."""
    values = [_values(axis) for axis in axes]
    return np.stack([each.reshape(-1) for each in np.meshgrid(*values, indexing="ij")], axis=1)


def _values(axis: Axis) -> np.ndarray:
    """What a grid takes of an axis. Errors: DesignError."""
    try:
        return axis.grid()
    except ValueError as error:
        raise DesignError(f"{axis.factor.name}: {error}") from None


def one_at_a_time(axes: Sequence[Axis], options: dict[str, Any]) -> np.ndarray:
    """The scenario's own point first, then every factor at each of its other values, all else as in the scenario."""
    base = np.array([axis.present for axis in axes])
    points = [base]
    for index, axis in enumerate(axes):
        values = _values(axis)
        others = values[values != axis.present]
        try:
            axis.check_apart([axis.present, *others])
        except ValueError as error:
            raise DesignError(f"{axis.factor.name}: {error}") from None
        for value in others:
            points.append(np.where(np.arange(len(axes)) == index, value, base))
    return np.array(points)


def latin_hypercube(axes: Sequence[Axis], options: dict[str, Any]) -> np.ndarray:
    """``samples`` points, one in each of as many equal shares of every axis.

    Source: McKay, Beckman and Conover 1979, Technometrics 21.
    """
    chance, samples = np.random.default_rng(options["seed"]), options["samples"]
    return _at(axes, np.column_stack([(chance.permutation(samples) + chance.random(samples)) / samples for _ in axes]))


def sobol(axes: Sequence[Axis], options: dict[str, Any]) -> np.ndarray:
    """``samples`` points of a scrambled Sobol sequence, which fill space more evenly than chance.

    Source: Owen 1998, Journal of Complexity 14.
    """
    sequence = _optional("scipy.stats.qmc").Sobol(len(axes), scramble=True, seed=options["seed"])
    return _at(axes, sequence.random_base2(int(options["samples"]).bit_length() - 1))


def saltelli(axes: Sequence[Axis], options: dict[str, Any]) -> np.ndarray:
    """``samples`` * (F + 2) points (2 F + 2 with ``second_order``), for Sobol indices.

    Source: Saltelli et al. 2010, Computer Physics Communications 181.
    """
    sample = _optional("SALib.sample.sobol").sample
    second = options["second_order"]
    return _at(axes, sample(_unit(axes), options["samples"], calc_second_order=second, seed=options["seed"]))


def morris(axes: Sequence[Axis], options: dict[str, Any]) -> np.ndarray:
    """``trajectories`` * (F + 1) points, each a step of one factor from the last, for elementary effects.

    Source: Morris 1991, Technometrics 33.
    """
    sample = _optional("SALib.sample.morris").sample
    return _at(axes, sample(_unit(axes), options["trajectories"], num_levels=options["levels"], seed=options["seed"]))


def _at(axes: Sequence[Axis], shares: np.ndarray) -> np.ndarray:
    return np.column_stack([axis.at(shares[:, index]) for index, axis in enumerate(axes)])


def _unit(axes: Sequence[Axis]) -> dict[str, Any]:
    return problem([axis.factor.name for axis in axes])


def problem(names: Sequence[str]) -> dict[str, Any]:
    """SALib's problem over shares of these factors' ranges."""
    return {"num_vars": len(names), "names": list(names), "bounds": [[0.0, 1.0]] * len(names)}


def _optional(module: str):
    import importlib

    try:
        return importlib.import_module(module)
    except ImportError:
        raise DesignError(f"this design needs {module.partition('.')[0]}: {install_module(module)}") from None


class Method(NamedTuple):
    """``number(axes, options)`` of its points; ``options`` with their defaults (None: must be given); ``least(F)`` of ``size``.

    ``cuts``: takes the ``count`` of a range. ``power_of_two``: what ``size`` must be.
    """

    design: Callable[[Sequence[Axis], dict[str, Any]], np.ndarray]
    number: Callable[[Sequence[Axis], dict[str, Any]], int]
    options: Mapping[str, Any] = MappingProxyType({})
    size: str = ""
    least: Callable[[int], int] = lambda factors: 1
    power_of_two: bool = False

    @property
    def cuts(self) -> bool:
        """Whether it takes listed values and cut ranges as they are."""
        return not self.size


def _samples(axes: Sequence[Axis], options: dict[str, Any]) -> int:
    return options["samples"]


METHODS = {
    "grid": Method(grid, lambda axes, options: math.prod(axis.size for axis in axes)),
    "one_at_a_time": Method(one_at_a_time, lambda axes, options: 1 + sum(axis.size for axis in axes)),
    "latin_hypercube": Method(
        latin_hypercube, _samples, {"samples": None, "seed": 0}, "samples", lambda factors: factors + 1
    ),
    "sobol": Method(sobol, _samples, {"samples": None, "seed": 0}, "samples", lambda factors: factors + 1, True),
    "saltelli": Method(
        saltelli,
        lambda axes, options: options["samples"] * (len(axes) * (1 + options["second_order"]) + 2),
        {"samples": None, "seed": 0, "second_order": False},
        "samples",
        lambda factors: 8,
        True,
    ),
    "morris": Method(
        morris,
        lambda axes, options: options["trajectories"] * (len(axes) + 1),
        {"trajectories": None, "levels": 4, "seed": 0},
        "trajectories",
        lambda factors: 4,
    ),
}  # fmt: skip


def points(method: str, axes: Sequence[Axis], options: dict[str, Any]) -> np.ndarray:
    """(P, F) points of a design. Errors: DesignError, with the number the method needs where it has too few."""
    rule = METHODS[method]
    if rule.size:
        _check_size(method, rule, options[rule.size], len(axes))
    if options.get("levels", 2) % 2:
        raise DesignError(f"levels = {options['levels']}; {method} needs an even number")
    cut = next((axis for axis in axes if axis.count and not rule.cuts), None)
    if cut:
        raise DesignError(f"{cut.factor.name}: count: {method} draws from the whole range; leave it out")
    number, most = rule.number(axes, options), LIMIT // len(axes)
    if number > most:
        raise DesignError(f"{number:.3g} points over {_factors(len(axes))} are too many: at most {most:,} are laid out")
    return np.ascontiguousarray(rule.design(axes, options), float)


def _check_size(method: str, rule: Method, size: int, factors: int) -> None:
    least = rule.least(factors)
    if rule.power_of_two:
        least = 1 << (least - 1).bit_length()
        below = 1 << max(size, 1).bit_length() - 1
        if size >= least and size != below:
            raise DesignError(f"{rule.size} = {size}; {method} needs a power of two, such as {below} or {2 * below}")
    if size < least:
        raise DesignError(f"{rule.size} = {size} is too small; {method} over {_factors(factors)} needs at least {least}")


def _factors(count: int) -> str:
    return f"{count} factor{'s' * (count != 1)}"
