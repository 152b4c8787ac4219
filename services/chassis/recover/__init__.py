"""After a loss: rows are made again from a service's own topic, and a topic that lost its end is found out."""
