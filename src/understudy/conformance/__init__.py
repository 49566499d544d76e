"""Holding any server to its contract, by its address alone."""
