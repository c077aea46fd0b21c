"""The command line, but for the explorer itself: what may be typed, and one module a subcommand."""
