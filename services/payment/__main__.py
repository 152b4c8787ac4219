"""Runs the payment service: `python -m services.payment`."""

from services.chassis.service import run
from services.payment.app import SERVICE

if __name__ == "__main__":
    run(SERVICE)
