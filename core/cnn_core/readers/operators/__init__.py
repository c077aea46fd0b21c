"""Operators of tensors as layers: what programs of PyTorch's and ONNX's graphs are made of.

`assembly` says how tensors flow, `aten` which of PyTorch's operators becomes which function. The functions stand by
family in the other modules, and mean what those of `torch.nn.functional` mean.
"""
