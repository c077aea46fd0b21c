"""What is said of a value; numbers, units and errors as text."""
