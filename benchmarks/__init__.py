"""Speed and memory, side by side in one run: the fake, a hand-written app, the reference server."""
