"""The table of quality: the original recipe, simple baselines and this program, side by side."""
