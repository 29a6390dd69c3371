"""Meters: counters for limits and budgets; a call reserves from all of its meters and settles once."""
