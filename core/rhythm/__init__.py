"""Beat grids: constant tempo and phase, fitted over a whole track."""
