"""The explorer in a browser: who is let in, the page, and a process for every page that is open."""
