import base64
import uuid

import schemathesis


@schemathesis.hook
def before_call(context, case, kwargs):
    """Makes valid what was generated as valid and breaks a rule that JSON Schema has no words for."""
    if case.meta is None or not case.meta.generation.mode.is_positive:
        return
    headers = case.headers or {}
    if "Idempotency-Key" in headers:
        # The same key comes more than once, with other bodies.
        headers["Idempotency-Key"] = str(uuid.uuid4())
    if isinstance(case.body, dict):
        mend_files(case.body)
        # Which runtimes there are is the host's; every host has these.
        if case.body.get("runtime", "python") != "python":
            case.body["runtime"] = "node"


def mend_files(body):
    """Paths exclude each other and are bounded in bytes, base64 is checked, a bracket of a pattern is to be closed."""
    for index, file in enumerate(body.get("files") or []):
        file["path"] = f"{index}-{file['path']}"[:60]
        if file["path"].endswith(("/", "/.", "/..")):
            file["path"] = str(index)
        if file.get("encoding") == "base64":
            file["content"] = base64.b64encode(file["content"].encode("utf-8", "replace")).decode()
    if "return_files" in body:
        body["return_files"] = [pattern.replace("[", "(") for pattern in body["return_files"] if len(pattern) < 60]
