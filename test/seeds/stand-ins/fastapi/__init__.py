"""Stands in for FastAPI in tests of Quartermaster Code Runner: they need its test client alone."""
