"""The latent space as a place: embedding, inverse, sampling, paths, axes."""
