"""What operators' tools share: the rules behind `quadrille` and the console, free of click and rich."""
