"""The messages of the protocol.

Made of src/sandbox/nsjail/protocol/messages.ts, which says what they hold, by scripts/lib/harness-messages.ts.
"""

VERSION = 1
HEADER_BYTES, VERSION_BYTES, SECRET_BYTES = 5, 2, 16
DATA_BYTES = 65536

# From the service. The first one, then all others by their tags: a name, and the most bytes of a payload.
OPENING = b"H"
MESSAGES = {
    77: ("mode", 8),
    70: ("function", 4294967295),
    83: ("script", 4294967295),
    65: ("arguments", 4294967295),
    75: ("keywords", 4294967295),
    86: ("argument", 4294967295),
    69: ("variable", 4294967295),
    73: ("stdin", 4294967295),
    67: ("result_cap", 16),
    74: ("lenient", 0),
    76: ("preflight", 16),
    80: ("input_file", 4294967295),
    68: ("input_data", 4294967295),
    87: ("root", 4294967295),
    78: ("script_file", 4294967295),
    79: ("return_files", 4294967295),
    88: ("word", 4294967295),
    84: ("product_file", 4294967295),
    71: ("run", 0),
}
REPEATED = ("argument", "variable", "word")

# To the service.
READY = b"y"
REFUSAL = b"u"
RESULT = b"r"
ERROR = b"e"
PRODUCT = b"b"
FIGURES = b"f"
FILE = b"n"
FIGURE = b"p"
DATA = b"d"
FILES_END = b"o"
