"""What was asked and answered, kept where a team's retention wants it: locked up, for a time."""
