"""The Computer Agents API (ACP): threads that agents work on in computers, and that can be copied and forked."""
