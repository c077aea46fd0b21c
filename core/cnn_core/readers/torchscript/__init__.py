"""TorchScript archives: `torch.jit.trace` and `torch.jit.script`. Their programs are read as text and never executed.

`code` finds the text of a method, `program` follows it operator by operator, and `format` makes a model of an archive.
"""

from .format import FORMAT

__all__ = ["FORMAT"]
