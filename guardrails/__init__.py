"""Text inspection: may this text pass, decided without keys or prices."""
