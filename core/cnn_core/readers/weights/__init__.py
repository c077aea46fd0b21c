"""Files of weights without an architecture, PyTorch and safetensors, whose convolution over the letters is read."""
