"""How agents change a thread's state: reducers, supersteps, what runs next, and how a graph is described."""
