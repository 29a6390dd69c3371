"""A small sentence model as a file that onnxruntime runs: bytes of its weights in, bytes of its graph out."""
