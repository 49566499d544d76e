"""The control plane: what a test does with the server that it talks to."""
