"""TechnoVAE's engine: from a folder of techno to new techno, without a screen."""
