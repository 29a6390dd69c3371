"""Runs of many steps: asks the road, never a vendor."""
