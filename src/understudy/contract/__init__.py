"""The documents: what an API promises, what its server really does, and what fits them."""
