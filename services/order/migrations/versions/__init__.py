"""Migrations of the order service's tables."""
