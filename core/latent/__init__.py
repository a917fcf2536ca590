"""The latent space as a map: embedding, inverse, sampling, walks, attribute axes, alignment."""
