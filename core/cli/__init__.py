"""The command line: every job of the program, without a screen."""

from core.cli.main import main

__all__ = ["main"]
