"""Faults on the wire: answers that are wrong, late, cut off or never come, as a rule or a request's header says."""
