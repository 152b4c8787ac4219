"""Runs the order service: `python -m services.order`."""

from services.chassis.service import run
from services.order.app import SERVICE

if __name__ == "__main__":
    run(SERVICE)
