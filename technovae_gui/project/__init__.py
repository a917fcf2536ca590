"""Projects: opened, saved, recovered, and the libraries and models that they are made from."""
