"""Meters: counters for limits and budgets. A call reserves from all of its meters, and settles once."""
