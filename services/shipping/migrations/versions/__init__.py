"""Migrations of the shipping service's tables."""
