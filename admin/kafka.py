"""Kafka's clients of operators' tools: a time limit, a silent logger, and the error of a broker that is away."""

from __future__ import annotations

import logging

from admin.errors import Unreachable

ANSWER_SECONDS = 10.0


def silent_logger() -> logging.Logger:
    """Give librdkafka a logger without output: the tool that meets an error reports it once."""
    logger = logging.getLogger("quadrille.admin.librdkafka")
    if not logger.handlers:
        logger.addHandler(logging.NullHandler())
        logger.propagate = False
    return logger


def kafka_unreachable(bootstrap_servers: str, error: object) -> Unreachable:
    """Make the error of a Kafka that does not answer.

    Args:
        bootstrap_servers: The addresses that were tried.
        error: What its client says.
    """
    return Unreachable(f"Kafka at {bootstrap_servers} does not answer ({error}). Start it with `make up`.")
