"""What Kafka says of topics: their ids, their leader epochs, and what a service has published to its own topic."""
