"""Everything that can be asked for: its names, its types, its defaults. Imports nothing heavy."""
