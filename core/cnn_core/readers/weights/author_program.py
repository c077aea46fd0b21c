"""How to get what weights without an architecture leave out, the order of the layers.

Source of the three lines: PyTorch, `torch.export.export`, `torch.export.save`.
"""

from __future__ import annotations

from typing import Final

from .pickled_tensors import PickledObject

__all__ = ["ORDER", "declared_length", "save_as_program"]

ORDER: Final = "the order in which the layers compute is in the author's program, not in the file"
"""What is said of weights without an architecture."""

_LENGTHS: Final = (
    "seq_len", "seq_length", "seqlen", "sequence_length", "sequence_len", "input_length", "input_len", "input_seq_len"
)  # fmt: skip
_SHORTEST: Final = 8
_LONGEST: Final = 1 << 24
_MOST_LOOKED_AT: Final = 100_000


def save_as_program(length: int | None = None, channels: int = 4) -> str:
    """Return the lines of Python that save a network with the order of its layers.

    Args:
        length: How many letters it reads, if that is known.
        channels: How many channels a letter has.
    """
    size = "LENGTH" if length is None else str(length)
    turned = f"(1, {size}, {channels})"
    return (
        f"model.eval().cpu(); ep = torch.export.export(model, (torch.zeros(1, {channels}, {size}),)); "
        f'torch.export.save(ep, "model.pt2") ({turned} where the model takes that)'
    )


def declared_length(value: object) -> int | None:
    """Return the length of the sequences that a checkpoint's own settings give, such as `seq_len`, or None.

    Args:
        value: What the pickle describes.
    """
    found: set[int] = set()
    seen: set[int] = set()
    waiting = [value]
    while waiting and len(seen) < _MOST_LOOKED_AT:
        each = waiting.pop()
        if id(each) in seen:
            continue
        seen.add(id(each))
        if isinstance(each, PickledObject):
            waiting += each.items
        elif isinstance(each, list | tuple):
            waiting += each
        elif isinstance(each, dict):
            waiting += each.values()
            found |= {
                number
                for name, number in each.items()
                if name in _LENGTHS and type(number) is int and _SHORTEST <= number <= _LONGEST
            }
    return found.pop() if len(found) == 1 else None
