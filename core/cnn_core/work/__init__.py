"""What long work is made of: values computed once, threads that compute ahead, bounded caches, progress."""
