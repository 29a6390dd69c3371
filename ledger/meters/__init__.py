"""Meters: counters for limits and budgets, reserved from together and settled once."""
