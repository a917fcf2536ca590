"""The sound device."""
