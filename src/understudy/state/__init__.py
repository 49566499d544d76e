"""What one server remembers: worlds of threads, checkpoints, assistants and items."""
