"""Work behind a screen: plain objects with threads of their own, which know no widget."""
