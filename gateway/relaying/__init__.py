"""Calls whose bytes pass in both directions: images, audio, files and what else has no typed form."""
