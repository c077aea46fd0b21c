"""The network: a graph of layers, what it computes, how it lies over the bases, its conv → pool blocks."""
