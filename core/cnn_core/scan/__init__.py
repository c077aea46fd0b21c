"""Whole records and files of them: overview, strongest cells, predictions, many records side by side."""
