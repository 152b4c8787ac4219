"""Migrations of the payment service's tables."""
