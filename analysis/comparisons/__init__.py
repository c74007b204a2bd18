"""Scenarios side by side, run in pairs."""
