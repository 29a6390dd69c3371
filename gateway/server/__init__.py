"""A gateway as a process: its sockets, its workers, what goes on beside the calls, its start and its end."""
