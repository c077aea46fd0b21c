"""What the tracks draw, and what the inspector says of it, before there is any widget."""
