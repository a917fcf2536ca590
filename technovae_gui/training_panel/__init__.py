"""Training: started, watched, stopped."""

from technovae_gui.training_panel.panel import TrainingPanel

__all__ = ["TrainingPanel"]
