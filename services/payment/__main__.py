"""Runs the payment service: `python -m services.payment`."""

from services.payment.app import SERVICE
from services.chassis.service import run

if __name__ == "__main__":
    run(SERVICE)
