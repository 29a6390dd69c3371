"""What a process knows about targets: health, capacity, rate limits, other processes' reports."""
