"""The terminal app: aligned tracks of what a convolution answers and what a pool keeps."""
