"""Signal processing: spectrograms, and rendering audio from them. numpy arrays in and out."""
