"""Between a deployment and a scenario: what is there is recorded, and what a scenario says is made there."""
