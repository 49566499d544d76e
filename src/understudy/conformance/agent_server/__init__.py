"""What a check has to know of the Agent Server: what there is to play with, what is safe, what to remove."""
