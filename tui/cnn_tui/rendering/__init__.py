"""A screen as cells, SVG, text or PNG."""
