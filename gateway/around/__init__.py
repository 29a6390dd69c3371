"""What wraps the attempts of a group that is configured for more than a plain answer."""
