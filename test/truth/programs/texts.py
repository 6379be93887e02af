import configparser
import csv
import difflib
import email
import html
import io
import json
import pickle
import pprint
import re
import string
import textwrap
import tomllib
import xml.etree.ElementTree as tree

rows = list(csv.DictReader(io.StringIO('name,note\nada,"a, b"\nbob,"say ""hi"""\n')))
print(rows, json.dumps({"ä": [1.0, None, True, float("inf")]}, sort_keys=True), json.loads('{"a": 1e400}'))
print(re.findall(r"(?<=\$)(\d+)(?:\.(\d{2}))?", "$5 and $7.25"), re.sub(r"(?i)A+", "-", "baAad"))
root = tree.fromstring("<a><b k='1'>t</b><b/></a>")
print([node.attrib for node in root.iter("b")], tree.tostring(root), html.escape("<&>"))
print(tomllib.loads('[x]\ny = 2024-01-01\nz = [1, "a"]'), string.Template("$who").substitute(who="me"))
parser = configparser.ConfigParser()
parser.read_string("[s]\nkey = %(other)s!\nother = value")
print(parser["s"]["key"], textwrap.fill("some words that wrap " * 3, 30))
print("\n".join(difflib.unified_diff(["a", "b"], ["a", "c"], lineterm="")))
message = email.message_from_string("Subject: =?utf-8?q?caf=C3=A9?=\n\nbody")
print(email.header.make_header(email.header.decode_header(message["subject"])), message.get_payload())
print(pickle.loads(pickle.dumps({"a": {1, 2}, "b": (None, 1j)})), pickle.DEFAULT_PROTOCOL)
pprint.pprint({"key": list(range(30)), "other": {"nested": "value" * 10}})
try:
    json.loads("{'a': 1}")
except json.JSONDecodeError as error:
    print(error)
