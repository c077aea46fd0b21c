"""The widgets of the explorer: one track, one file."""
