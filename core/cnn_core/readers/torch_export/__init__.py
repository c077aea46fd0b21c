"""Programs that `torch.export.save` writes (`.pt2`), as whole networks.

`archive` finds the parts in every layout since PyTorch 2.4, `tensors` the numbers, `schema` says what the graph's JSON
means, `naming` what layers are called, and `reader` puts the network together of `readers.operators`.
"""

from .format import FORMAT

__all__ = ["FORMAT"]
