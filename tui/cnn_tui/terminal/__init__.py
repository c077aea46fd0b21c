"""The terminal that the app runs in: what it must have, how it is left, what a signal does."""
