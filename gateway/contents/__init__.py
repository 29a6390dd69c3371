"""Prompts and answers, stored encrypted and for a time if a team's retention asks for it."""
