"""What the panels of the side dock are made of: forms, one-line messages, progress of a job."""
