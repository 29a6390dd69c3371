"""Prompts and answers, stored encrypted and for a limited time if a team's retention asks for it."""
