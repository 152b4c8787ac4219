"""Runs the shipping service: `python -m services.shipping`."""

from services.shipping.app import SERVICE
from services.chassis.service import run

if __name__ == "__main__":
    run(SERVICE)
