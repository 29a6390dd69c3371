"""A small sentence model for onnxruntime: weights in, an ONNX graph out."""
