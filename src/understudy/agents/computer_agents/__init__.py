"""The Computer Agents API's side of playing: what an agent does becomes steps, items, files and one message."""
