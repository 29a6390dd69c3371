"""Prompt injections: disguises, phrases, and a score by vocabulary."""
