"""Exports calls as OpenTelemetry traces."""
