"""Long work for the window: QThreads, each in conversation with a child process."""
