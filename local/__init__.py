"""The platform on one machine: Kafka, the registry and PostgreSQL as ordinary processes, and the four services.

`local.platform` starts and stops it, `local.supervisor` owns the processes, `local.settings` says where everything is.
Nothing here needs Docker, Java or root; what is downloaded is pinned by checksum in `artifacts.lock`.
"""
