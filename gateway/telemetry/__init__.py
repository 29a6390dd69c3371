"""What the gateway tells of itself: metrics and logs, never bodies or keys."""
