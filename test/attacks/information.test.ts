import { basename } from 'node:path';
import { hostname, userInfo } from 'node:os';
import { expect, it } from 'vitest';
import { failures } from '../../attacks/catalogue/information.ts';
import { reverse } from '../../attacks/python.ts';
import { describeInJail } from '../support/attack.ts';

/** Names of this host that no answer may hold. */
function hostSecrets(): string[] {
  const { username, homedir } = userInfo();
  const folders = [process.cwd(), process.execPath, '/var/lib/brig', '.pyenv', '/cgroup', 'brig/jail'];
  return [...folders, hostname(), ...(homedir === '/' ? [] : [homedir]), `/home/${username}`].filter(
    (name) => name.length > 3,
  );
}

describeInJail('what a script learns about the host', (arena) => {
  it("mounts: those of the config; of the host only the image's own folder is named, as the kernel does of a bind", async () => {
    const text = String(await arena.attack("return open('/proc/self/mountinfo').read()"));
    const mounts = text
      .trim()
      .split('\n')
      .map((line) => line.split(' '));
    const devices = ['/dev/full', '/dev/null', '/dev/random', '/dev/urandom', '/dev/zero'];
    const points = mounts.map(([, , , , point]) => point);
    expect(new Set(points)).toEqual(
      new Set(['/', ...devices, '/dev/pts', '/dev/shm', '/proc', '/tmp', '/work']),
    );
    const sources = mounts.filter(
      ([, , , source, point]) => source !== '/' && basename(source ?? '') !== basename(point ?? ''),
    );
    expect(sources.map(([, , , , point]) => point)).toEqual(['/']);
  });

  it("paths: nothing in Python's own configuration names the host's folders", async () => {
    const lines = `
import sysconfig, platform, site, json
text = json.dumps([sysconfig.get_config_vars(), sysconfig.get_paths(), sys.path, sys.argv, sys.orig_argv, sys.flags, sys.version, vars(site), repr(sys.modules), sys.path_importer_cache], default=repr)
return [n[::-1] for n in args if n[::-1] in text]`;
    const args = hostSecrets().map(reverse);
    expect(await arena.attack(lines, { args })).toEqual([]);
  });

  it('texts of the image: none holds a path of the host', async () => {
    const lines = `
names = [n[::-1].encode() for n in args]
found = []
for folder, _, files in os.walk('/usr'):
    for name in files:
        if name.endswith(('.py', '.json', '.cfg', '.pth', '.la', '.pc')):
            with open(os.path.join(folder, name), 'rb') as file:
                text = file.read()
            found += [os.path.join(folder, name) + ': ' + n.decode() for n in names if n in text]
return found[:20]`;
    const args = hostSecrets().map(reverse);
    expect(await arena.attack(lines, { args, limits: { timeout: 30 } })).toEqual([]);
  });

  it.each(failures)('%s: traceback, streams and message name nothing of the host', async (why, script) => {
    const body = await arena.run(script, why.includes('mode script') ? { mode: 'script' } : {});
    expect(body.success).toBe(false);
    const text = JSON.stringify(body);
    for (const secret of hostSecrets()) expect(text).not.toContain(secret);
  });
});
