"""The commands that examine a deployment; what takes time to import is imported when they run."""
