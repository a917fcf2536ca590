"""Playing: mixer, metronome, player, meters, and the sound device."""
