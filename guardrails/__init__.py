"""May this text pass: inspection of text segments, without keys or prices."""
