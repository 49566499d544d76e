"""The streaming protocol of threads (v2): what its runs put into a thread's feed, and what its readers make of that."""
