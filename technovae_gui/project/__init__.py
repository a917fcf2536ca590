"""What every window has: messages, help, projects, sessions, background work."""
