"""Executes a plan, attempt by attempt: what each sends, receives and results in."""
