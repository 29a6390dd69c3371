"""Where a call may go: what planning is told of it and of targets, and what its caller may decide."""
