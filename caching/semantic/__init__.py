"""Was something that means the same answered before."""
