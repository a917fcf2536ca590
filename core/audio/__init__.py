"""Reading, conditioning, measuring, stretching and writing audio."""
