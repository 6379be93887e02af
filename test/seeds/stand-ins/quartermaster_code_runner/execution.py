"""Their tests skip themselves without Docker: this one is there, and asked for nothing."""

import types


def get_docker_client():
    return types.SimpleNamespace(ping=lambda: True)
