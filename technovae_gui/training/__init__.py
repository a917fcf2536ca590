"""Training a model: started, followed, stopped."""

from technovae_gui.training.training_panel import TrainingPanel

__all__ = ["TrainingPanel"]
