"""A view as a small TOML file: what is looked at and how, to be opened again at exactly that screen."""
