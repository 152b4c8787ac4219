"""Migrations of the inventory service's tables."""
