"""Accounts, keys, prices and rows: who may call, what it costs, what happened."""
