"""How cost grows with the library; see `__main__`."""
