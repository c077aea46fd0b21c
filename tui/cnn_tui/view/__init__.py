"""What is looked at, as frozen states and their pure steps."""
