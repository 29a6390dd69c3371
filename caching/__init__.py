"""The cache's rules: fingerprints and stored bytes, decided without I/O."""
