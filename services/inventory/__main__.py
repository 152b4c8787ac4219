"""Runs the inventory service: `python -m services.inventory`."""

from services.chassis.service import run
from services.inventory.app import SERVICE

if __name__ == "__main__":
    run(SERVICE)
