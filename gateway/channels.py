"""The channel to a service: over all of its instances, by gRPC's own means.

- *Which instances*: one name that leads to all of them (DNS), or their IP addresses with commas between.
- *Spread*: `round_robin`, call by call. Of listed instances those that say they do not serve are left out (gRPC's
  health checking); for a name, whoever answers it does that.
- *Retried*: what ended because an instance is away or stops, a few times within half a second. Every method of the
  order API may be: what places is known by its request id, the others change nothing the second time. A stream is,
  until it has begun.

See https://grpc.io/docs/guides/service-config/ and https://github.com/grpc/proposal/blob/master/A6-client-retries.md.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from ipaddress import ip_address
from typing import Any

#: A proxy of the machine is for the world outside.
NO_PROXY = ("grpc.enable_http_proxy", 0)
_OPTIONS = (
    NO_PROXY,
    # A service that comes back is noticed within a second; gRPC's own pause grows to two minutes.
    ("grpc.initial_reconnect_backoff_ms", 100),
    ("grpc.min_reconnect_backoff_ms", 100),
    ("grpc.max_reconnect_backoff_ms", 1000),
    # One that is frozen, or whose machine is gone, closes nothing: it is asked, as often as the services allow.
    ("grpc.keepalive_time_ms", 12_000),
    ("grpc.keepalive_timeout_ms", 5_000),
    # Without it gRPC waits a minute for the answer to any ping, whatever the line above says (tried with grpcio 1.85).
    ("grpc.http2.ping_timeout_ms", 5_000),
)
_RETRY = {
    "maxAttempts": 4,
    "initialBackoff": "0.05s",
    "maxBackoff": "0.5s",
    "backoffMultiplier": 2,
    # A server that is stopping ends with CANCELLED what reaches it in that moment; a caller who cancels is not retried.
    "retryableStatusCodes": ["UNAVAILABLE", "CANCELLED"],
}
#: While most calls fail, none is made twice: a service that is away is not asked four times as often.
_THROTTLING = {"maxTokens": 100, "tokenRatio": 0.5}


def split(addresses: str) -> tuple[str, ...]:
    """Read what a setting holds.

    Args:
        addresses: `host:port`, several with commas between.

    Returns:
        Each of them.
    """
    return tuple(part.strip() for part in addresses.split(",") if part.strip())


def target(addresses: Sequence[str]) -> str:
    """Name instances as gRPC does.

    Args:
        addresses: `host:port` of each; or one name that leads to all of them.

    Returns:
        The target of a channel.

    Raises:
        ValueError: Of several, not all are IP addresses of one kind.
    """
    if len(addresses) == 1:
        return f"dns:///{addresses[0]}"
    try:
        versions = {ip_address(one.rpartition(":")[0].strip("[]")).version for one in addresses}
    except ValueError:
        versions = set()
    if len(versions) != 1:
        raise ValueError(
            "several addresses must be IP addresses of one kind, such as 10.0.0.1:9000,10.0.0.2:9000; "
            "or give one name that leads to all instances"
        )
    return f"ipv{versions.pop()}:{','.join(addresses)}"


def options(addresses: Sequence[str], retried: Sequence[str]) -> list[tuple[str, Any]]:
    """Give a channel's options.

    Args:
        addresses: As for `target`.
        retried: Full names of the services whose calls may be made again.

    Returns:
        The options, the service config among them.
    """
    config: dict[str, Any] = {
        "loadBalancingConfig": [{"round_robin": {}}],
        "methodConfig": [{"name": [{"service": name} for name in retried], "retryPolicy": _RETRY}],
        "retryThrottling": _THROTTLING,
    }
    if len(addresses) > 1:
        # Alone, an instance that does not serve says itself why; left out, it could not.
        config["healthCheckConfig"] = {"serviceName": ""}
    return [*_OPTIONS, ("grpc.service_config", json.dumps(config))]
