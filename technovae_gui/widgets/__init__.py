"""What the panels at the side are made of: forms, one-line messages, progress of a job."""
