"""Says what a container image of Brig is made of: packages of npm, wheels, toolchains and Debian's packages.

Runs in the image's build only: bill_of_materials.py NPM_SBOM FOLDER WHEELS... writes FOLDER/sbom.cdx.json (CycloneDX)
and FOLDER/LICENSES.md. WHEELS are folders that pip installed into, and folders of wheels. The same parts give the same
bytes.
"""

import json
import subprocess
import sys
import zipfile
from email.message import Message
from email.parser import Parser
from pathlib import Path
from shutil import which

# Their licences, by SPDX; the files are beside them.
TOOLCHAINS = {"go": ("/usr/local/go/VERSION", "BSD-3-Clause"), "rust": ("/usr/local/rust/VERSION", "MIT OR Apache-2.0")}


def read_metadata(folder):
    """Yields the metadata of the distributions in a folder, installed or as wheels."""
    for file in sorted(folder.glob("*.dist-info/METADATA")):
        yield Parser().parsestr(file.read_text("utf-8"))
    for file in sorted(folder.glob("*.whl")):
        with zipfile.ZipFile(file) as wheel:
            name = next(name for name in wheel.namelist() if name.endswith(".dist-info/METADATA"))
            yield Parser().parsestr(wheel.read(name).decode("utf-8"))


def find_licence(metadata: Message):
    """Returns the licence that a distribution declares: an SPDX expression, a name, or a classifier."""
    if metadata["License-Expression"]:
        return {"expression": metadata["License-Expression"]}
    prefix = "License :: "
    classifiers = [text for text in metadata.get_all("Classifier", []) if text.startswith(prefix)]
    # The field may hold the whole text of a licence.
    first = (metadata["License"] or "").strip().split("\n")[0][:100]
    name = classifiers[0].rsplit(" :: ", 1)[-1] if classifiers else first
    return {"license": {"name": name}} if name else None


def to_component(kind, name, version, licence):
    purl = f"pkg:{kind}/{name}@{version}"
    component = {"type": "library", "bom-ref": purl, "name": name, "version": version, "purl": purl}
    return component | ({"licenses": [licence]} if licence else {})


def list_wheels(folders):
    for folder in folders:
        for metadata in read_metadata(folder):
            name = metadata["Name"].lower().replace("_", "-").replace(".", "-")
            yield to_component("pypi", name, metadata["Version"], find_licence(metadata))


def list_toolchains():
    for name, (file, licence) in TOOLCHAINS.items():
        if Path(file).exists():
            words = Path(file).read_text().split()
            version = words[1] if name == "rust" else words[0].removeprefix("go")
            yield to_component("generic", name, version, {"expression": licence})


def list_debian():
    """Debian's packages name no licence in their metadata: /usr/share/doc/NAME/copyright has it."""
    if which("dpkg-query") is None:
        return
    text = subprocess.run(
        ["dpkg-query", "--show", "--showformat", "${Package} ${Version}\n"], capture_output=True, check=True, text=True
    ).stdout
    for line in sorted(text.splitlines()):
        name, version = line.split()
        licence = {"license": {"name": f"see /usr/share/doc/{name}/copyright"}}
        yield to_component("deb/debian", name, version, licence)


def leave_out_development(bill):
    """Leaves out what npm marks as for checks and tests only."""
    mark = {"name": "cdx:npm:package:development", "value": "true"}
    bill["components"] = [one for one in bill["components"] if mark not in one.get("properties", [])]
    kept = {bill["metadata"]["component"]["bom-ref"], *(one["bom-ref"] for one in bill["components"])}
    bill["dependencies"] = [
        one | {"dependsOn": [ref for ref in one.get("dependsOn", []) if ref in kept]}
        for one in bill["dependencies"]
        if one["ref"] in kept
    ]


def name_licence(component):
    licences = component.get("licenses", [])
    names = [one.get("expression") or one["license"].get("id") or one["license"]["name"] for one in licences]
    return " AND ".join(names) or "not declared"


def main(npm, folder, *wheels):
    bill = json.loads(Path(npm).read_text("utf-8"))
    # They would differ with each build.
    bill.pop("serialNumber", None)
    bill["metadata"].pop("timestamp", None)
    leave_out_development(bill)
    # npm names it after the folder of the build.
    bill["metadata"]["component"]["name"] = "brig"
    added = [*list_wheels([Path(one) for one in wheels]), *list_toolchains(), *list_debian()]
    bill["components"] += {component["purl"]: component for component in added}.values()
    Path(folder, "sbom.cdx.json").write_text(json.dumps(bill, indent=1) + "\n", "utf-8")
    rows = sorted(f"| {one['name']} | {one['version']} | {name_licence(one)} |" for one in bill["components"])
    head = ["# Licences of what this image holds", "", "| part | version | licence |", "|---|---|---|"]
    Path(folder, "LICENSES.md").write_text("\n".join([*head, *rows]) + "\n", "utf-8")


if __name__ == "__main__":
    main(*sys.argv[1:])
