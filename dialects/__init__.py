"""Wire formats: pure translation between bytes and typed values, without I/O or a clock."""
