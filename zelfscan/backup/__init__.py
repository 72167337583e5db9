"""Backups: all that an installation holds in one file, without its secrets, and putting it back."""
