"""Apache Kafka: one KRaft node, broker and controller in one process, on loopback."""

from __future__ import annotations

import base64
import shutil
import socket
import subprocess
import uuid
from typing import TYPE_CHECKING

from local import artifacts, java
from local.errors import StartError
from local.program import Program
from local.settings import LOOPBACK, variable

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from local.settings import Platform

HEAP_MEGABYTES = 512
PROBE_SECONDS = 2.0

LOG_CONFIGURATION = """\
Configuration:
  Appenders:
    Console:
      name: out
      PatternLayout: {pattern: "%d{ISO8601} %-5p %c{1}: %m%n"}
  Loggers:
    Root:
      level: INFO
      AppenderRef: [{ref: out}]
"""


def program(platform: Platform) -> Program:
    """Describe the broker's process.

    Args:
        platform: Where its data and ports are.
    """
    return Program(
        name="kafka",
        kind="server",
        argv=(
            *java.command(HEAP_MEGABYTES, _scratch(platform)),
            *java.quick_start(platform, "kafka"),
            *_classes(platform),
            "kafka.Kafka",
            str(_settings_file(platform)),
        ),
        ports={
            variable("kafka", "port"): platform.port("kafka"),
            variable("kafka_controller", "port"): platform.port("kafka_controller"),
        },
        prepare=lambda: _prepare(platform),
        probe=lambda: probe(platform.kafka_bootstrap_servers),
        finish=lambda: java.keep_start_file(platform, "kafka"),
        stop_grace=60.0,
        address=platform.kafka_bootstrap_servers,
    )


def probe(bootstrap_servers: str) -> None:
    """Ask a broker for its metadata.

    Args:
        bootstrap_servers: Its addresses.

    Raises:
        OSError: If nobody listens.
        confluent_kafka.KafkaException: If it does not answer yet.
    """
    # A client that finds nobody waits longer and longer before it tries again: first see that somebody listens.
    host, _, port = bootstrap_servers.split(",")[0].rpartition(":")
    socket.create_connection((host.strip("[]"), int(port)), PROBE_SECONDS).close()
    from confluent_kafka.admin import AdminClient

    AdminClient({"bootstrap.servers": bootstrap_servers, "log_level": 0}).list_topics(timeout=PROBE_SECONDS)


def cluster_id(draw: Callable[[], uuid.UUID] = uuid.uuid4) -> str:
    """Make an id for a new cluster.

    Args:
        draw: Gives random UUIDs.

    Returns:
        A UUID in unpadded URL-safe Base64. Never one that begins with a dash, which command lines read as an option:
        Kafka's own `Uuid.randomUuid` draws again for the same reason.
    """
    while True:
        made = base64.urlsafe_b64encode(draw().bytes).decode().rstrip("=")
        if not made.startswith("-"):
            return made


def _classes(platform: Platform) -> tuple[str, ...]:
    classpath = ":".join(str(jar) for jar in artifacts.jars(platform, "kafka"))
    return f"-Dlog4j2.configurationFile={platform.run / 'kafka-log.yaml'}", "-cp", classpath


def _scratch(platform: Platform) -> Path:
    return platform.run / "kafka-tmp"


def _settings_file(platform: Platform) -> Path:
    return platform.run / "kafka.properties"


def _prepare(platform: Platform) -> None:
    java.empty(_scratch(platform))
    (platform.run / "kafka-log.yaml").write_text(LOG_CONFIGURATION)
    data = platform.data / "kafka"
    _settings_file(platform).write_text(_properties(platform, data))
    if data.is_dir():
        return
    # Formatted beside its place and renamed: a folder of that name is always a complete one.
    fresh = platform.data / "kafka.new"
    shutil.rmtree(fresh, ignore_errors=True)
    settings = platform.run / "kafka-format.properties"
    settings.write_text(_properties(platform, fresh))
    tool = ("kafka.tools.StorageTool", "format", "-t", cluster_id(), "-c", str(settings))
    done = subprocess.run(
        (*java.command(HEAP_MEGABYTES, _scratch(platform)), *_classes(platform), *tool),
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise StartError(f"Kafka could not format {fresh}: {(done.stderr or done.stdout).strip()[-600:]}")
    fresh.rename(data)


def _properties(platform: Platform, data: Path) -> str:
    broker, controller = platform.port("kafka"), platform.port("kafka_controller")
    settings = {
        "process.roles": "broker,controller",
        "node.id": "1",
        "controller.quorum.voters": f"1@{LOOPBACK}:{controller}",
        "controller.listener.names": "CONTROLLER",
        "inter.broker.listener.name": "PLAINTEXT",
        "listener.security.protocol.map": "PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT",
        "listeners": f"PLAINTEXT://{LOOPBACK}:{broker},CONTROLLER://{LOOPBACK}:{controller}",
        "advertised.listeners": f"PLAINTEXT://{platform.kafka_advertised or f'{LOOPBACK}:{broker}'}",
        "log.dirs": str(data),
        # By default three and eight threads hand each request to one another; here two cores serve everything.
        "num.network.threads": "1",
        "num.io.threads": "2",
        "auto.create.topics.enable": "false",
        "default.replication.factor": "1",
        "offsets.topic.replication.factor": "1",
        "offsets.topic.num.partitions": "4",
        "transaction.state.log.replication.factor": "1",
        "transaction.state.log.min.isr": "1",
        "transaction.state.log.num.partitions": "4",
        "share.coordinator.state.topic.replication.factor": "1",
        "share.coordinator.state.topic.min.isr": "1",
        # A group of one member need not wait for others to join.
        "group.initial.rebalance.delay.ms": "0",
        "group.min.session.timeout.ms": "1000",
    }
    return "".join(f"{key}={value}\n" for key, value in settings.items())
