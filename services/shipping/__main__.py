"""Runs the shipping service: `python -m services.shipping`."""

from services.chassis.service import run
from services.shipping.app import SERVICE

if __name__ == "__main__":
    run(SERVICE)
