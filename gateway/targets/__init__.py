"""What a process knows of targets: their health and room, their vendors' limits, what others tell of them."""
