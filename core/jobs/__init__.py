"""Long work for the window: conversations with child processes, as QObjects with signals."""
