"""The drum machine: every hit is computed, none is recorded."""
