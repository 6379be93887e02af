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
    # A caller may wait longer than schemathesis does.
    if isinstance((case.query or {}).get("wait"), (int, float)):
        case.query["wait"] = min(case.query["wait"], 1)
    if isinstance(case.body, dict):
        mode = "cell" if case.operation.path.startswith("/sessions/") else "function"
        for body in (case.body, *(case.body.get("jobs") or [])):
            mend(body, mode)


def mend(body, default_mode):
    mend_files(body)
    mend_names(body)
    mend_policy(body)
    mend_network(body)
    mend_function(body, default_mode)
    # What an address may be is more than a format says, and whether a secret is needed is the operator's.
    if isinstance(body.get("webhook"), dict):
        body["webhook"] = {"url": "https://example.com/hook", "secret": "whsec_" + "A" * 43 + "="}
    # Their ceilings are the operator's.
    for name in ("idle_timeout", "lifetime"):
        if name in body:
            body[name] = min(body[name], 60)
    # Without patience nothing runs before its runtime is ready.
    body.pop("wait", None)
    # Which runtimes there are is the host's; every host has these.
    if body.get("runtime", "python") != "python":
        body["runtime"] = "node"


def mend_names(body):
    """Which characters beyond ASCII an identifier can have, few dialects of regular expressions can say."""
    if "function" in body:
        body["function"] = spell(body["function"])
    lists = [(body, "preload"), *((body.get("policy") or {}, name) for name in ("deny_modules", "deny_functions"))]
    for holder, name in lists:
        if name in holder:
            holder[name] = [spell(one) for one in holder[name]]


def mend_policy(body):
    """Lists of denials need a mode that looks at them."""
    policy = body.get("policy") or {}
    if (policy.get("deny_modules") or policy.get("deny_functions")) and "mode" not in policy:
        policy["mode"] = "report"


def mend_network(body):
    """Hosts have a grammar of their own: names, addresses, patterns, each with a port."""
    if isinstance(body.get("network"), dict):
        wanted = body["network"].get("allow") or []
        body["network"]["allow"] = [f"host-{index}.example.com:443" for index, _ in enumerate(wanted)]


def mend_function(body, default_mode):
    """Only a function has a name, and arguments that are no text."""
    if body.get("mode", default_mode) in ("cell", "script"):
        body.pop("function", None)
        body.pop("kwargs", None)
        body["args"] = [argument for argument in body.get("args") or [] if isinstance(argument, str)]


def spell(name):
    return "".join(character if character.isascii() else "é" for character in name)


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
