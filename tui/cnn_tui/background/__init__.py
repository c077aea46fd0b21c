"""What goes on behind a screen: plain objects with threads of their own, that know no widget."""
