import { execFileSync } from 'node:child_process';

const program = `
import base64, hashlib, json, sys, zipfile
folder, name, version, files, requires = sys.argv[1], sys.argv[2], sys.argv[3], json.loads(sys.argv[4]), json.loads(sys.argv[5])
info = f"{name}-{version}.dist-info"
files[f"{info}/METADATA"] = f"Metadata-Version: 2.1\\nName: {name}\\nVersion: {version}\\n" + "".join(f"Requires-Dist: {one}\\n" for one in requires)
files[f"{info}/WHEEL"] = "Wheel-Version: 1.0\\nGenerator: test\\nRoot-Is-Purelib: true\\nTag: py3-none-any\\n"
digest = lambda text: base64.urlsafe_b64encode(hashlib.sha256(text.encode()).digest()).rstrip(b"=").decode()
files[f"{info}/RECORD"] = "".join(f"{path},sha256={digest(text)},{len(text)}\\n" for path, text in files.items()) + f"{info}/RECORD,,\\n"
wheel = f"{folder}/{name}-{version}-py3-none-any.whl"
with zipfile.ZipFile(wheel, "w") as archive:
    for path, text in files.items():
        archive.writestr(path, text)
print(hashlib.sha256(open(wheel, "rb").read()).hexdigest())
`;

/** Writes a wheel of these files into a folder, that depends on others; gives its SHA-256. */
export function writeWheel(
  folder: string,
  name: string,
  version: string,
  files: Readonly<Record<string, string>>,
  requires: readonly string[] = [],
): string {
  const args = ['-c', program, folder, name, version, JSON.stringify(files), JSON.stringify(requires)];
  return execFileSync('python3', args, { encoding: 'utf8' }).trim();
}

const sourceProgram = `
import io, json, sys, tarfile
name, files = sys.argv[1], json.loads(sys.argv[2])
with tarfile.open(fileobj=sys.stdout.buffer, mode="w:gz") as archive:
    for path, text in files.items():
        info = tarfile.TarInfo(f"{name}-1.0/{path}")
        info.size = len(text)
        archive.addfile(info, io.BytesIO(text.encode()))
`;

/** A source distribution, version 1.0, whose set-up program asks for an address when it is run. */
export function makeSource(name: string, address: string): Buffer {
  const call = `import urllib.request\nurllib.request.urlopen("${address}")\n`;
  const files = {
    'PKG-INFO': `Metadata-Version: 2.1\nName: ${name}\nVersion: 1.0\n`,
    'pyproject.toml': '[build-system]\nrequires = []\nbuild-backend = "backend"\nbackend-path = ["."]\n',
    'backend.py': call,
    'setup.py': call,
  };
  return execFileSync('python3', ['-c', sourceProgram, name, JSON.stringify(files)]);
}
