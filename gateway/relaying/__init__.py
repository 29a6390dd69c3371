"""Calls whose bytes are relayed in both directions: images, audio, files, all without a typed form."""
