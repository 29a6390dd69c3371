"""Runs of agents over HTTP, and what they need of the world."""
