"""Stands in for the service that Quartermaster's own tests start: it runs already."""
