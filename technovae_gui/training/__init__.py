"""Training: started, watched, stopped."""

from technovae_gui.training.panel import TrainingPanel

__all__ = ["TrainingPanel"]
