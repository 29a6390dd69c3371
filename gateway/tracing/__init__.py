"""Calls as OpenTelemetry traces."""
