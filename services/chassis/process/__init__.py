"""What happens to a batch: one transaction of positions, rows, messages and calls. Replay uses the same handlers."""
