"""The LangSmith Deployment / LangGraph Agent Server: one module per resource, one function per operation."""
