"""The documents that the servers follow; installed as `understudy.specs` and read as package resources."""
