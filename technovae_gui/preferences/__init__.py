"""What the user sets once: sound device, contrast, motion, folders."""

from technovae_gui.preferences.preferences_dialog import PreferencesDialog

__all__ = ["PreferencesDialog"]
