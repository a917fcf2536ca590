"""Training a model: started, followed, stopped."""

from technovae_gui.training.training_panel import TrainingPanel, TrainingRequest

__all__ = ["TrainingPanel", "TrainingRequest"]
