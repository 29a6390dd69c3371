"""The gateway as a process: its sockets, workers, background tasks, start and stop."""
