"""ONNX models: `.onnx`, with the file beside it that large weights are kept in.

`wire` reads protobuf, `messages` what ONNX writes in it, and `weights` its tensors. `folding` computes what depends on
no input; `operators` says what each of ONNX's operators is here, and `reader` makes the model.
"""

from .format import FORMAT

__all__ = ["FORMAT"]
