"""Reference numbers: one grid of settings, and what PyTorch and Keras compute on it."""
