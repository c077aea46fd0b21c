"""Files that commands and the explorer write, each whole or not at all."""
