import uuid

import schemathesis


@schemathesis.hook
def before_call(context, case, kwargs):
    """A generated key comes more than once, with other bodies, and would be refused for that: each is made its own."""
    headers = case.headers or {}
    positive = case.meta is not None and case.meta.generation.mode.is_positive
    if positive and "Idempotency-Key" in headers:
        headers["Idempotency-Key"] = str(uuid.uuid4())
