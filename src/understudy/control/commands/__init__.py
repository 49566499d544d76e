"""The commands that ask the control plane: what they are told, and what they print."""
