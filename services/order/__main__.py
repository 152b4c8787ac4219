"""Runs the order service: `python -m services.order`."""

from services.order.app import SERVICE
from services.chassis.service import run

if __name__ == "__main__":
    run(SERVICE)
