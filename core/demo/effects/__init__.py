"""What stands behind the instruments: echoes, rooms, filters, saturation, dynamics."""
