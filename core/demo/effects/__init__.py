"""Effects: echoes, rooms, filters, saturation, dynamics."""
