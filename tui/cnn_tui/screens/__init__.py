"""The screens: the explorer, and the dialogs that open over it."""
