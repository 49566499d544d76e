"""The same sequences of requests to two servers: made up, played, made comparable, and the smallest that differs."""
