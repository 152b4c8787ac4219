"""Runs the inventory service: `python -m services.inventory`."""

from services.inventory.app import SERVICE
from services.chassis.service import run

if __name__ == "__main__":
    run(SERVICE)
