"""Which variables a layer has, in the order in which Keras makes them and so stores them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from .text import Json

__all__ = ["Plan", "Variables", "always", "kernels", "normalising", "recurrent_kernels"]


@dataclass(frozen=True, slots=True)
class Plan:
    """The variables of a layer.

    Attributes:
        trained: The names of those that training changes by its gradient, in order.
        kept: The names of the others, such as a moving mean, in order.
    """

    trained: tuple[str, ...] = ()
    kept: tuple[str, ...] = ()

    @property
    def names(self) -> tuple[str, ...]:
        """All names, in the order of a file."""
        return self.trained + self.kept


Variables = Callable[[Json], Plan]
"""Returns the variables of a layer with some settings."""


def always(*names: str) -> Variables:
    """Return the variables of a class whose settings do not change them.

    Args:
        names: Their names, in order.
    """
    return lambda _: Plan(names)


def kernels(*names: str) -> Variables:
    """Return the variables of a class that has kernels, and a bias unless its settings say otherwise.

    Args:
        names: The names of the kernels, in order.
    """
    return lambda settings: Plan((*names, "bias") if settings.get("use_bias", True) else names)


def recurrent_kernels(gates: str = "") -> Variables:
    """Return the variables of a recurrent class.

    Args:
        gates: The order of the gates where each has variables of its own.
    """
    together = kernels("kernel", "recurrent_kernel")

    def of(settings: Json) -> Plan:
        # `inner_init` marks a recurrent layer of Keras 0.3 or 1, which kept the gates together only to run on a GPU.
        if gates and "inner_init" in settings and settings.get("consume_less") != "gpu":
            return Plan(tuple(f"{part}_{gate}" for gate in gates for part in "WUb"))
        return together(settings)

    return of


def normalising(*kept: str) -> Variables:
    """Return the variables of a class that normalises.

    Args:
        kept: The names of those that are not trained, in order.
    """
    switches = (("gamma", "scale"), ("beta", "center"))
    return lambda settings: Plan(tuple(name for name, switch in switches if settings.get(switch, True)), kept)
