"""The shapes of requests and answers, from Brig's OpenAPI document. Generated: do not edit."""

from __future__ import annotations

from typing import Any, Literal, NotRequired, TypedDict


class Attempt(TypedDict):
    # What the model wrote; null where it wrote none, or gave no usable answer.
    script: str | None
    explanation: str
    # How the script failed, or the call; null where it succeeded.
    error: Literal["missing_main", "syntax_error", "runtime_error", "invalid_result", "exited", "timeout", "cpu_limit", "memory_limit", "output_limit", "crashed", "policy_violation", "invalid_input", "unauthorized", "forbidden", "not_found", "payload_too_large", "rate_limited", "overloaded", "cancelled", "expired", "lost", "unavailable", "busy", "session_lost", "bad_gateway", "sandbox_unavailable", "internal_error"] | None
    message: str | None


class BrokenModule(TypedDict):
    module: str
    error: str


class BuildReportError(TypedDict):
    reason: Literal["install_failed", "import_failed", "timeout", "memory_limit", "disk_limit", "invalid_files", "store_full", "sandbox_unavailable", "cancelled"]
    message: str


class BuildReport(TypedDict):
    state: Literal["queued", "building", "succeeded", "failed"]
    # How far it is, or where it failed: the packages are installed, their imports are tried, the files are kept. Absent while it waits for other builds.
    step: NotRequired[Literal["installing", "importing", "keeping"]]
    started_at: str
    finished_at: NotRequired[str]
    # What the installer said, line by line; the last 200.
    progress: list[str]
    error: NotRequired[BuildReportError]


class BuildRequest(TypedDict):
    # The name under which scripts ask for it.
    name: str
    # What its packages are for. Those of Node, Deno and Bun come from npm, and serve the scripts of all three.
    runtime: NotRequired[Literal["python", "node", "deno", "bun"]]
    # Requirements as pip takes them, `["six", "attrs>=25,<26"]`; for npm `["lodash@4", "@scope/name"]`.
    packages: NotRequired[list[str]]
    # The text of a requirements file; for npm of a package.json, whose `dependencies` are used.
    requirements: NotRequired[str]
    # The text of a requirements file in which every package has its version and hashes; for npm of a package-lock.json.
    lock: NotRequired[str]
    # A shell script that installs into the folder `$TARGET` with `pip install …`, or `npm install …`; where the operator allows foreign code in builds.
    setup_script: NotRequired[str]
    # Also take packages that come as source and run a set-up program of theirs; where the operator allows foreign code in builds.
    allow_source: NotRequired[bool]
    # Modules that waiting jails have imported already.
    preload: NotRequired[list[str]]
    # Whether others than the key that builds it may use it; those of the operator are for all.
    shared: NotRequired[bool]


class CheckedImport(TypedDict):
    module: str
    # Of its first import.
    line: int
    # Null where only a run can tell: a module that a package may bring when it is imported.
    available: bool | None
    # False where the script does without it: every import is conditional, or its ImportError caught.
    required: bool
    # Where it comes from; `file` is the working directory.
    source: NotRequired[Literal["standard_library", "package", "file"]]
    # The installed package that brings it.
    package: NotRequired[str]
    version: NotRequired[str]


class CompileLimits(TypedDict):
    # Wall clock from the start of the script, in seconds.
    timeout: float
    # Memory of all processes and of the files in the jail together, in MiB; no swap.
    memory_mb: int
    # Processes and threads at once.
    processes: int
    # Size of the working directory and of /tmp, each, in MiB.
    disk_mb: int


class Enforcement(TypedDict):
    memory: str
    processes: str
    cpu: str
    network: str
    filesystem: str
    syscalls: str
    # Whose ids jails have on the host: `own-id`, one for each; `subordinate-id`, the same from /etc/subuid; `one-id`, one for all; `shared-id`, the service's own, and then no epoll.
    identity: str


EntryPoint = TypedDict(
    "EntryPoint",
    {
        "name": "str",
        # `unknown` where only a run can tell.
        "status": "Literal[\"defined\", \"missing\", \"unknown\"]",
        "line": "NotRequired[int]",
        "column": "NotRequired[int]",
        # As the script has it: `main(a, b=1, *, c)`.
        "signature": "NotRequired[str]",
        "parameters": "NotRequired[list[Parameter]]",
        "async": "NotRequired[bool]",
        # Whether the arguments were tried against the signature. Not where the function is decorated, or its name bound again: it may take others.
        "certain": "NotRequired[bool]",
    },
)


class Environment(TypedDict):
    name: str
    # `building` and `failed` where nothing is there to run in yet; `outdated` where it was built for another interpreter.
    state: Literal["ready", "building", "failed", "outdated"]
    # The address of its content: the same packages, the same id.
    id: str | None
    runtime: Literal["python", "node", "deno", "bun"]
    runtime_version: str | None
    size_bytes: int
    packages: list[InstalledPackage]
    broken: list[BrokenModule]
    preload: list[str]
    created_at: str | None
    last_used_at: str | None
    # The key that built it, for itself and `admin`; null for all others, and where the operator did.
    owner: str | None
    # Whether others than its owner may use it.
    shared: bool
    # The latest build that this service has run, for its owner and `admin`; null for all others.
    build: BuildReport | None


class EnvironmentList(TypedDict):
    environments: list[Environment]


class ExecuteRequestFilesItem(TypedDict):
    # Relative to the working directory, with `/` between folders.
    path: str
    # Text, or bytes in base64.
    content: str
    # How `content` is to be read.
    encoding: NotRequired[Literal["utf8", "base64"]]


class ExecuteRequestLimits(TypedDict):
    # Wall clock from the start of the script, in seconds.
    timeout: NotRequired[float]
    # CPU time of all processes together, in seconds.
    cpu_time: NotRequired[float]
    # Memory of all processes and of the files in the jail together, in MiB; no swap.
    memory_mb: NotRequired[int]
    # CPU bandwidth, in cores.
    cpus: NotRequired[float]
    # Processes and threads at once.
    processes: NotRequired[int]
    # Bytes kept of stdout and of stderr, each; what lies between head and tail is cut.
    output_bytes: NotRequired[int]
    # Size of the working directory and of /tmp, each, in MiB.
    disk_mb: NotRequired[int]
    # Open files, sockets and pipes of each process at once.
    open_files: NotRequired[int]


class ExecuteRequestPolicy(TypedDict):
    # `off`: no analysis; `report`: findings come with the answer; `enforce`: with a finding nothing is run.
    mode: NotRequired[Literal["off", "report", "enforce"]]
    # Modules that are denied beside the built-in ones, each with its submodules.
    deny_modules: NotRequired[list[str]]
    # Functions that are denied beside the built-in ones: `open`, `os.remove`, `os.*`; a name without a dot is a built-in function.
    deny_functions: NotRequired[list[str]]


class ExecuteRequestNetwork2(TypedDict):
    # Hosts with their ports: `api.example.com:443`; patterns: `*.example.com:443`; `public` for all public addresses.
    allow: list[str]


class ExecuteRequest(TypedDict):
    # The source, at most 1 MiB of UTF-8.
    script: str
    # What runs the script; `GET /runtimes` tells which there are.
    runtime: NotRequired[Literal["python", "node", "deno", "bun", "go", "rust"]]
    # Call a function and return its value (`function`, the default of Python), or run the file as a program (`script`, all that other runtimes know).
    mode: NotRequired[Literal["function", "script"]]
    # Which function is called (mode `function`), `main` by default; `async def` is awaited.
    function: NotRequired[str]
    # Positional JSON arguments; in mode `script` the strings of `sys.argv[1:]`.
    args: NotRequired[list[Any]]
    # Keyword arguments, as JSON.
    kwargs: NotRequired[dict[str, Any]]
    # What the script reads from standard input: a pipe, or a file if it is longer than 64 KiB.
    stdin: NotRequired[str]
    # Files that are placed in the working directory before the run.
    files: NotRequired[list[ExecuteRequestFilesItem]]
    # Glob patterns of the files of the working directory to return.
    return_files: NotRequired[list[str]]
    # Environment variables of the script; `PYTHON*`, `LD_*`, `GLIBC_TUNABLES`, `BRIG_*` are refused.
    env: NotRequired[dict[str, str]]
    # Limits for this execution; what is left out is the operator's default.
    limits: NotRequired[ExecuteRequestLimits]
    # What a look at the script's text may find; the operator's default where it is left out.
    policy: NotRequired[ExecuteRequestPolicy]
    # The package environment to run in; `plain` is the standard library alone.
    environment: NotRequired[str]
    # How the script's jail is made, at least: a stronger way than the operator's is obeyed, a weaker one is `forbidden`.
    isolation: NotRequired[Literal["nsjail", "nursery", "template"]]
    # Seconds to wait for what is being made ready: an environment in its first build, a runtime before its first use. Where it is left out, such an environment is not waited for, and a runtime as long as for a free place.
    wait: NotRequired[float]
    # What of the network the script reaches: nothing (`false`), all that the operator and the key allow (`true`), or a part of that.
    network: NotRequired[bool | ExecuteRequestNetwork2]
    # An id of the caller's own, echoed and logged; a UUID where it is left out.
    execution_id: NotRequired[str]
    # Have a model review the script first, where the operator has one; what it does not call safe is not run.
    validate: NotRequired[bool]
    # Everything up to the run: syntax, entry point, arguments, imports. No code of the script runs.
    validate_only: NotRequired[bool]


class ExecutionOutputStdout(TypedDict):
    # All that the script wrote, also what was cut.
    bytes: int
    # Whether something between head and tail was cut.
    truncated: bool


class ExecutionOutputStderr(TypedDict):
    # All that the script wrote, also what was cut.
    bytes: int
    # Whether something between head and tail was cut.
    truncated: bool


class ExecutionOutput(TypedDict):
    stdout: ExecutionOutputStdout
    stderr: ExecutionOutputStderr


class ExecutionNetworkDoorsItem(TypedDict):
    # A host and port, or `proxy`.
    door: str
    # Connections that were made.
    connections: int
    # Bytes to the host.
    bytes_sent: int
    # Bytes from the host.
    bytes_received: int


class ExecutionNetworkRefusalsItem(TypedDict):
    # Host and port, as the script named them.
    target: str
    # Why, in a word.
    reason: Literal["malformed", "not_allowed", "unresolved", "address_refused", "unreachable", "bad_answer", "too_many_at_once", "too_many", "too_many_bytes", "idle", "service_full"]
    # With `address_refused`: what the address is.
    address: NotRequired[Literal["unspecified", "loopback", "private", "link_local", "shared", "multicast", "documentation", "reserved", "embedded", "own"]]
    # How often.
    count: int


class ExecutionNetwork(TypedDict):
    # Where a script could go out, each with what went through.
    doors: list[ExecutionNetworkDoorsItem]
    # What did not go through; `suggestions` has it in words.
    refusals: list[ExecutionNetworkRefusalsItem]
    # Refusals beyond those that are listed.
    refusals_left_out: int


class Execution(TypedDict):
    # The request's `execution_id`, or a UUID.
    id: str
    # What ran it.
    runtime: Literal["python", "node", "deno", "bun", "go", "rust"]
    # The packages that it could import.
    environment: str
    # From the moment the script was handed to its interpreter to its end.
    duration_ms: float
    # CPU time of all its processes in that time.
    cpu_ms: float
    # Peak of the jail, its files in memory included.
    memory_peak_bytes: float
    # How much the script wrote to each stream, and whether some of it was cut.
    output: ExecutionOutput
    # What became of `return_files` and of figures, where the request has any or figures were drawn.
    files: NotRequired[FilesReport]
    # What went through its network, where the request asked for one.
    network: NotRequired[ExecutionNetwork]
    # What held, after defaults and ceilings.
    limits: Limits
    # How its jail was made: by an nsjail of its own, by a nursery, or of a template, with the same layers around the script.
    isolation: Literal["nsjail", "nursery", "template"]
    # What enforced each limit on this host.
    enforcement: Enforcement


class Failure(TypedDict):
    # It did not; `error` says in which way.
    success: bool
    # The category of the failure, of a closed set.
    error: Literal["missing_main", "syntax_error", "runtime_error", "invalid_result", "exited", "timeout", "cpu_limit", "memory_limit", "output_limit", "crashed", "policy_violation", "invalid_input", "unauthorized", "forbidden", "not_found", "payload_too_large", "rate_limited", "overloaded", "cancelled", "expired", "lost", "unavailable", "busy", "session_lost", "bad_gateway", "sandbox_unavailable", "internal_error"]
    # The class of the exception (`runtime_error`), or the kind of failure (`bad_gateway`).
    error_type: NotRequired[str]
    # What happened, in a sentence.
    message: str
    # Only what the script itself wrote.
    stdout: str
    # The same, of standard error.
    stderr: str
    # The exit status; minus the number of the signal that ended it; null where nothing was started.
    return_code: int | None
    # What ran, what it used, and what held.
    execution: Execution
    # With `validate_only`: what was found. Passing is no promise that a run succeeds.
    validation: NotRequired[Validation]
    # What the policy found in the script, with the modes `report` and `enforce`.
    policy: NotRequired[PolicyReport]
    # What a model said of the script, where one wrote or reviewed it.
    review: NotRequired[Review]
    # The files that `return_files` asked for and the figures that the script drew, also those of a script that failed.
    files: list[ReturnedFile]
    # What to do about it.
    suggestions: list[str]
    # Whether the same request may succeed later.
    retryable: bool
    # Functions at module level (nearest name first with `missing_main`).
    available_functions: list[str]
    # Where in the script, counted from 1.
    location: NotRequired[Location]
    # The script's own frames only.
    traceback: NotRequired[str]


class FilesReportOmittedItem(TypedDict):
    path: str
    # In bytes; null where it is no regular file, or a figure that was not drawn.
    size: float | None
    reason: Literal["too_large", "too_many", "not_a_file", "bad_path", "unreadable", "not_drawn"]
    # With `not_drawn`: the exception.
    detail: NotRequired[str]


class FilesReport(TypedDict):
    returned: int
    # Of all that are returned.
    bytes: int
    # What matched or was drawn, and is not returned; at most 100.
    omitted: list[FilesReportOmittedItem]
    omitted_total: int
    # False where the working directory was gone, or not all of it looked at before the deadline.
    complete: bool


class Finding(TypedDict):
    # A run fails with an `error`; with a `warning` it may.
    severity: Literal["error", "warning"]
    error: Literal["missing_main", "syntax_error", "runtime_error", "invalid_result", "exited", "timeout", "cpu_limit", "memory_limit", "output_limit", "crashed", "policy_violation", "invalid_input", "unauthorized", "forbidden", "not_found", "payload_too_large", "rate_limited", "overloaded", "cancelled", "expired", "lost", "unavailable", "busy", "session_lost", "bad_gateway", "sandbox_unavailable", "internal_error"]
    error_type: NotRequired[str]
    message: str
    location: NotRequired[Location]
    suggestions: list[str]


class GenerateRequestFilesItem(TypedDict):
    # Relative to the working directory, with `/` between folders.
    path: str
    # Text, or bytes in base64.
    content: str
    # How `content` is to be read.
    encoding: NotRequired[Literal["utf8", "base64"]]


class GenerateRequestLimits(TypedDict):
    # Wall clock from the start of the script, in seconds.
    timeout: NotRequired[float]
    # CPU time of all processes together, in seconds.
    cpu_time: NotRequired[float]
    # Memory of all processes and of the files in the jail together, in MiB; no swap.
    memory_mb: NotRequired[int]
    # CPU bandwidth, in cores.
    cpus: NotRequired[float]
    # Processes and threads at once.
    processes: NotRequired[int]
    # Bytes kept of stdout and of stderr, each; what lies between head and tail is cut.
    output_bytes: NotRequired[int]
    # Size of the working directory and of /tmp, each, in MiB.
    disk_mb: NotRequired[int]
    # Open files, sockets and pipes of each process at once.
    open_files: NotRequired[int]


class GenerateRequestPolicy(TypedDict):
    # `off`: no analysis; `report`: findings come with the answer; `enforce`: with a finding nothing is run.
    mode: NotRequired[Literal["off", "report", "enforce"]]
    # Modules that are denied beside the built-in ones, each with its submodules.
    deny_modules: NotRequired[list[str]]
    # Functions that are denied beside the built-in ones: `open`, `os.remove`, `os.*`; a name without a dot is a built-in function.
    deny_functions: NotRequired[list[str]]


class GenerateRequest(TypedDict):
    # What the script is to do, in words. It goes to the model, with the limits.
    query: str
    # How many more times the model may be asked where the script fails, with the failure.
    repair: NotRequired[int]
    # What the script reads from standard input: a pipe, or a file if it is longer than 64 KiB.
    stdin: NotRequired[str]
    # Files that are placed in the working directory before the run.
    files: NotRequired[list[GenerateRequestFilesItem]]
    # Glob patterns of the files of the working directory to return.
    return_files: NotRequired[list[str]]
    # Environment variables of the script; `PYTHON*`, `LD_*`, `GLIBC_TUNABLES`, `BRIG_*` are refused.
    env: NotRequired[dict[str, str]]
    # Limits for this execution; what is left out is the operator's default.
    limits: NotRequired[GenerateRequestLimits]
    # What a look at the script's text may find; the operator's default where it is left out.
    policy: NotRequired[GenerateRequestPolicy]
    # The package environment to run in; `plain` is the standard library alone.
    environment: NotRequired[str]
    # An id of the caller's own, echoed and logged; a UUID where it is left out.
    execution_id: NotRequired[str]


class GeneratedFailure(TypedDict):
    # The request's own.
    query: str
    # The script that the outcome is of; null where the model refused to write one.
    script: str | None
    # What the model says of it.
    explanation: str
    # Every call of the model, in order; more than one with `repair` only.
    attempts: list[Attempt]
    # It did not; `error` says in which way.
    success: bool
    # The category of the failure, of a closed set.
    error: Literal["missing_main", "syntax_error", "runtime_error", "invalid_result", "exited", "timeout", "cpu_limit", "memory_limit", "output_limit", "crashed", "policy_violation", "invalid_input", "unauthorized", "forbidden", "not_found", "payload_too_large", "rate_limited", "overloaded", "cancelled", "expired", "lost", "unavailable", "busy", "session_lost", "bad_gateway", "sandbox_unavailable", "internal_error"]
    # The class of the exception (`runtime_error`), or the kind of failure (`bad_gateway`).
    error_type: NotRequired[str]
    # What happened, in a sentence.
    message: str
    # Only what the script itself wrote.
    stdout: str
    # The same, of standard error.
    stderr: str
    # The exit status; minus the number of the signal that ended it; null where nothing was started.
    return_code: int | None
    # What ran, what it used, and what held.
    execution: Execution
    # With `validate_only`: what was found. Passing is no promise that a run succeeds.
    validation: NotRequired[Validation]
    # What the policy found in the script, with the modes `report` and `enforce`.
    policy: NotRequired[PolicyReport]
    # What a model said of the script, where one wrote or reviewed it.
    review: NotRequired[Review]
    # The files that `return_files` asked for and the figures that the script drew, also those of a script that failed.
    files: list[ReturnedFile]
    # What to do about it.
    suggestions: list[str]
    # Whether the same request may succeed later.
    retryable: bool
    # Functions at module level (nearest name first with `missing_main`).
    available_functions: list[str]
    # Where in the script, counted from 1.
    location: NotRequired[Location]
    # The script's own frames only.
    traceback: NotRequired[str]


GeneratedOutcome = "GeneratedFailure | GeneratedSuccess"


class GeneratedSuccess(TypedDict):
    # The request's own.
    query: str
    # The script that the outcome is of; null where the model refused to write one.
    script: str | None
    # What the model says of it.
    explanation: str
    # Every call of the model, in order; more than one with `repair` only.
    attempts: list[Attempt]
    # The script did what was asked of it.
    success: bool
    # The JSON value that the function returned; null in mode `script`. It is passed on as it was written, checked to be JSON and no more: a hostile script can have a name twice in an object, or `__proto__`, or the escape of a lone surrogate.
    result: Any
    # Only what the script itself wrote.
    stdout: str
    # The same, of standard error.
    stderr: str
    # The exit status; minus the number of the signal that ended it; null where nothing was started.
    return_code: int | None
    # What ran, what it used, and what held.
    execution: Execution
    # With `validate_only`: what was found. Passing is no promise that a run succeeds.
    validation: NotRequired[Validation]
    # What the policy found in the script, with the modes `report` and `enforce`.
    policy: NotRequired[PolicyReport]
    # What a model said of the script, where one wrote or reviewed it.
    review: NotRequired[Review]
    # The files that `return_files` asked for and the figures that the script drew, also those of a script that failed.
    files: list[ReturnedFile]
    # What was probably meant otherwise: a value that goes nowhere, a call of the function that makes it run twice.
    suggestions: NotRequired[list[str]]


class HealthPool(TypedDict):
    running: int
    waiting: int
    # Executions at once.
    capacity: int
    # Requests that may wait.
    waiting_room: int
    # Jails whose interpreter waits for a script.
    warm: int
    # Jails that are being started.
    building: int
    # Jails started since the service was.
    built: int
    # Jails that were ended without a script: too old, too many, or dead.
    discarded: int
    # Executions that had to wait for their jail to be started.
    cold_starts: int


class Health(TypedDict):
    status: Literal["healthy", "unhealthy"]
    service: Literal["Python Script Executor"]
    version: str
    reason: NotRequired[str]
    # What an operator should know: holes of the host's kernel that no layer closes, by its release; runtimes that are refused, or can end the service, because jails have its own id; denials that no policy applies by itself. Absent where there is nothing.
    warnings: NotRequired[list[str]]
    # How jails of Python are made, where a request or a key asks for nothing else.
    isolation: Literal["nsjail", "nursery", "template"]
    sandbox: dict[str, LayerReport]
    # How far each offered runtime is; `GET /runtimes` says more.
    runtimes: dict[str, Literal["ready", "preparing", "waiting", "failed", "missing"]]
    pool: HealthPool


class ImportAnswer(TypedDict):
    module: str
    available: bool
    # Where it comes from; `standard_library` is what the runtime brings itself.
    source: Literal["standard_library", "package"] | None
    package: str | None
    version: str | None
    error: NotRequired[str]


class InstalledPackage(TypedDict):
    name: str
    version: str
    imports: list[str]


class LayerReport(TypedDict):
    # Whether the attacks on this layer failed.
    active: bool
    required: bool
    # What enforces it here: `cgroup-v2`, `namespace`, `seccomp`, `rlimit`, …
    how: str
    # The attacks that were made, in words.
    tried: str
    # What an attack got through, or why none could be made.
    reason: NotRequired[str]
    # What the operator can do about it.
    remedy: NotRequired[str]


class Limits(TypedDict):
    # Wall clock from the start of the script, in seconds.
    timeout: float
    # CPU time of all processes together, in seconds.
    cpu_time: float
    # Memory of all processes and of the files in the jail together, in MiB; no swap.
    memory_mb: int
    # CPU bandwidth, in cores.
    cpus: float
    # Processes and threads at once.
    processes: int
    # Bytes kept of stdout and of stderr, each; what lies between head and tail is cut.
    output_bytes: int
    # Size of the working directory and of /tmp, each, in MiB.
    disk_mb: int
    # Open files, sockets and pipes of each process at once.
    open_files: int


class Location(TypedDict):
    line: int
    column: NotRequired[int]
    # Where the script is a file: not in Python.
    file: NotRequired[str]


Outcome = "Failure | Success"


class Parameter(TypedDict):
    name: str
    kind: Literal["positional_only", "positional_or_keyword", "var_positional", "keyword_only", "var_keyword"]
    required: bool


class PolicyFinding(TypedDict):
    rule: Literal["denied_module", "denied_function", "dangerous_builtin", "internal_attribute", "dynamic_import", "unreadable_source", "not_analysed"]
    kind: Literal["import", "call", "reference", "attribute", "source"]
    # The full name of what was found, whatever the script calls it: `os.system`.
    name: str
    # From 1.
    line: int
    # From 1, in characters.
    column: int
    # A sentence.
    reason: str
    # The path of the file of the request in which it was found; not there for the script itself.
    file: NotRequired[str]


class PolicyReport(TypedDict):
    mode: Literal["report", "enforce"]
    # In the order of the source, the script's own first; the first 100 of them.
    findings: list[PolicyFinding]
    # How many there are.
    total: int


class Refusal(TypedDict):
    # It did not; `error` says in which way.
    success: bool
    # The category of the refusal.
    error: Literal["invalid_input", "unauthorized", "forbidden", "not_found", "payload_too_large", "rate_limited", "overloaded", "cancelled", "expired", "lost", "unavailable", "busy", "session_lost", "bad_gateway", "sandbox_unavailable", "internal_error"]
    # The class of the exception (`runtime_error`), or the kind of failure (`bad_gateway`).
    error_type: NotRequired[str]
    # What happened, in a sentence.
    message: str
    # Only what the script itself wrote.
    stdout: str
    # The same, of standard error.
    stderr: str
    # Nothing was run.
    return_code: int | None
    # Nothing was run.
    execution: dict[str, Any] | None
    # The files that `return_files` asked for and the figures that the script drew, also those of a script that failed.
    files: list[ReturnedFile]
    # What to do about it.
    suggestions: list[str]
    # Whether the same request may succeed later.
    retryable: bool
    # Functions at module level (nearest name first with `missing_main`).
    available_functions: list[str]
    # Where in the script, counted from 1.
    location: NotRequired[Location]
    # The script's own frames only.
    traceback: NotRequired[str]
    # With `session_lost`: when it ended; `error_type` has the reason in a word.
    lost_at: NotRequired[str]
    # With `internal_error`: what to look for in the log.
    incident: NotRequired[str]


class RemovedEnvironments(TypedDict):
    removed: list[str]


class ReturnedFile(TypedDict):
    # Relative to the working directory.
    path: str
    # In bytes.
    size: int
    # By its name; `text/plain` or `application/octet-stream` where that says nothing.
    media_type: str
    encoding: Literal["utf8", "base64"]
    # A figure of matplotlib that the script showed or left open; absent on other files.
    figure: NotRequired[bool]
    # Text where the bytes are UTF-8 without NUL, base64 otherwise.
    content: str


class Review(TypedDict):
    # Only where the model said `true`; a script of which it did not is not run.
    is_safe: bool
    # The model's own words.
    explanation: str


class RuntimeCompile(TypedDict):
    command: str
    limits: CompileLimits


class Runtime(TypedDict):
    name: Literal["python", "node", "deno", "bun", "go", "rust"]
    # Whether scripts of this runtime can run here.
    available: bool
    # `ready`: scripts start at once. `preparing`: its jails are being made and attacked. `waiting`: they will be, in the background or for the first script. `failed`: the last attempt failed, and the next script has it tried again. `missing`: the host does not have it.
    readiness: Literal["ready", "preparing", "waiting", "failed", "missing"]
    version: NotRequired[str]
    # Why it is not available.
    reason: NotRequired[str]
    # What the operator can do about it.
    remedy: NotRequired[str]
    # The file in the working directory that the script becomes.
    file_names: list[str]
    # Endings of files that are taken for this runtime.
    extensions: list[str]
    # The first one is the default.
    modes: list[Literal["function", "script"]]
    # What runs the script inside the jail, in short.
    command: str
    # The step before the run, with limits of its own.
    compile: NotRequired[RuntimeCompile]
    # The package environments that its scripts can run in; Go and Rust have none.
    environments: list[str]


class RuntimesLimits(TypedDict):
    # What holds where a request says nothing.
    defaults: Limits
    # The most that a request may ask for.
    ceilings: Limits


class Runtimes(TypedDict):
    runtimes: list[Runtime]
    limits: RuntimesLimits


ShownEnvironment = "ShownImport | Environment"


ShownImport = TypedDict(
    "ShownImport",
    {
        "name": "str",
        "import": "ImportAnswer",
    },
)


class Success(TypedDict):
    # The script did what was asked of it.
    success: bool
    # The JSON value that the function returned; null in mode `script`. It is passed on as it was written, checked to be JSON and no more: a hostile script can have a name twice in an object, or `__proto__`, or the escape of a lone surrogate.
    result: Any
    # Only what the script itself wrote.
    stdout: str
    # The same, of standard error.
    stderr: str
    # The exit status; minus the number of the signal that ended it; null where nothing was started.
    return_code: int | None
    # What ran, what it used, and what held.
    execution: Execution
    # With `validate_only`: what was found. Passing is no promise that a run succeeds.
    validation: NotRequired[Validation]
    # What the policy found in the script, with the modes `report` and `enforce`.
    policy: NotRequired[PolicyReport]
    # What a model said of the script, where one wrote or reviewed it.
    review: NotRequired[Review]
    # The files that `return_files` asked for and the figures that the script drew, also those of a script that failed.
    files: list[ReturnedFile]
    # What was probably meant otherwise: a value that goes nowhere, a call of the function that makes it run twice.
    suggestions: NotRequired[list[str]]


class Validation(TypedDict):
    # Null in mode `script`, which has none.
    entry_point: EntryPoint | None
    imports: list[CheckedImport]
    # In the order in which a run would meet them; the first error is the answer.
    findings: list[Finding]
    # False where part of the script was not looked at, or a list was cut.
    complete: bool
