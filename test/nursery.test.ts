import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  expectNothingLeft,
  readCommand,
  readHostState,
  readParent,
  readSettledState,
  type HostState,
} from './support/host-state.ts';
import { findNsjail } from '../src/sandbox/nsjail/binary.ts';
import { findMarked, until, waiting } from './support/serve.ts';
import { startService, type TestService } from './support/service.ts';

/** All that a script can tell of its jail. What differs from jail to jail is left out. */
const LOOK = `
import glob, os, resource, signal, socket, stat

KEPT = ("Umask", "Tgid", "Pid", "PPid", "Uid", "Gid", "Groups", "NSsid", "Threads", "SigQ", "SigPnd", "ShdPnd", "SigBlk",
        "SigIgn", "SigCgt", "CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb", "NoNewPrivs", "Seccomp")

# Nodes are on a read-only mount or not: it makes no difference to what is written to them.
NODES = {f"/dev/{name}": os.ST_RDONLY for name in ("null", "zero", "full", "random", "urandom")}

def read(path):
    with open(path) as file:
        return file.read()

def describe(path):
    found = os.lstat(path)
    sizes = os.statvfs(path)
    return [oct(found.st_mode), found.st_uid, found.st_gid, found.st_rdev, sizes.f_flag & ~NODES.get(path, 0), sizes.f_blocks * sizes.f_frsize,
            sizes.f_files if found.st_dev != os.stat("/").st_dev else 0]

def can(act):
    try:
        return act()
    except OSError as error:
        return str(error)

def main():
    status = dict(line.split(":", 1) for line in read("/proc/self/status").splitlines())
    places = ["/", *glob.glob("/*"), *glob.glob("/dev/*"), *glob.glob("/proc/[a-z]*")]
    places = [place for place in places if "self" not in place and os.path.exists(place)]
    return {
        "status": {name: status[name].split() for name in KEPT if name != "SigQ"} | {"SigQ": status["SigQ"].split("/")[0]},
        "limits": {name: resource.getrlimit(getattr(resource, name)) for name in dir(resource) if name.startswith("RLIMIT_")},
        "places": {place: describe(place) for place in places},
        "folders": {place: sorted(os.listdir(place)) for place in ("/", "/dev", "/tmp", "/work", "/opt/brig", "/proc/self/fd")},
        "environment": dict(os.environ),
        "maps": [read("/proc/self/cgroup").count("\\n"), len(read("/proc/self/uid_map").split())],
        "names": [os.uname().nodename, os.getcwd(), socket.if_nameindex(), os.getpriority(os.PRIO_PROCESS, 0)],
        "nodes": [can(lambda: open(f"/dev/{name}", "r+b", 0).write(b"x")) for name in ("null", "zero", "full", "urandom")],
        "loopback": can(lambda: socket.create_server(("127.0.0.1", 0)).getsockname()[0]),
        "namespaces": sorted(os.listdir("/proc/self/ns")),
        "signals": [signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGCHLD, signal.SIGHUP)],
        "above": [can(lambda: os.listdir("/proc/1/fd")), can(lambda: read("/proc/1/environ")), can(lambda: os.listdir("/proc/1/root"))],
        "oom": read("/proc/self/oom_score_adj"),
    }
`;

/** Returns the ancestors of the one process with a marker, its jail's first process and all above it. */
function climb(marker: string): { pid: number; command: string }[] {
  const found: { pid: number; command: string }[] = [];
  for (let pid = findMarked(marker)[0]; pid !== undefined && pid !== process.pid; pid = readParent(pid))
    found.push({ pid, command: readCommand(pid) });
  return found.slice(found.findIndex(({ command }) => command.startsWith('/opt/brig/init')));
}

/** The place in that list: the first process, its keeper, the nursery, the nsjail of the outer jail. */
const places = { init: 0, keeper: 1, nursery: 2, outer: 3 } as const;

describe('a jail of a nursery', () => {
  let before: HostState;
  let service: TestService;
  beforeAll(async () => {
    before = readHostState();
    service = await startService({ BRIG_ISOLATION: 'nursery', BRIG_MAX_WARM_JAILS: '1' });
  });
  afterAll(async () => {
    await service.close();
    await expectNothingLeft(before);
  });

  it('looks to a script as one that nsjail made', async () => {
    const plain = await startService({ BRIG_MAX_WARM_JAILS: '1' });
    try {
      const [nursed, made] = await Promise.all(
        [service, plain].map(async (one) => (await one.execute({ script: LOOK })).body),
      );
      expect(made?.success, made?.message).toBe(true);
      expect(nursed?.result).toEqual(made?.result);
    } finally {
      await plain.close();
    }
  });

  it('is said to be one, and a request has another where it wants', async () => {
    expect(service.service.health().isolation).toBe('nursery');
    const script = 'def main(): return 1';
    const usual = await service.execute({ script });
    const strong = await service.execute({ script, isolation: 'nsjail' });
    const weak = await service.execute({ script: 'x = 1' });
    expect([usual, strong, weak].map(({ body }) => [body.error, body.execution.isolation])).toEqual([
      [undefined, 'nursery'],
      [undefined, 'nsjail'],
      ['missing_main', 'nursery'],
    ]);
  });

  it.each(Object.keys(places) as (keyof typeof places)[])(
    'ends with its %s, as a failure of the machine, and the next one runs',
    async (place) => {
      const running = service.execute({ script: waiting('kept', 20) });
      const early = async (): Promise<void> => {
        const { body } = await running;
        expect(findMarked('kept'), `It ended first: ${JSON.stringify(body)}`).toHaveLength(1);
      };
      await Promise.race([until(() => findMarked('kept').length === 1), early()]);
      const chain = climb('kept');
      expect(chain.slice(1, 3).map(({ command }) => command.trim())).toEqual([
        '/opt/brig/nursery',
        '/opt/brig/nursery',
      ]);
      expect(chain[places.outer]?.command).toContain('nursery.cfg');
      process.kill(chain[places[place]]?.pid ?? Number.NaN, 'SIGKILL');
      const { status, body } = await running;
      expect([status, body.error]).toEqual([503, 'sandbox_unavailable']);
      await until(() => findMarked('kept').length === 0);
      // Jails that waited for a script died with it too, and the layers are attacked again.
      const next = async () => (await service.execute({ script: 'def main(): return 1' })).body.result;
      await expect.poll(next, { timeout: 10_000 }).toBe(1);
      await readSettledState();
    },
  );
});

it('is missing where its outer jail cannot be started: an outage with its reason, and never one by nsjail instead', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'brig-no-nursery-'));
  const wrapper = join(folder, 'nsjail');
  const own = findNsjail(undefined);
  writeFileSync(wrapper, `#!/bin/sh\ncase "$*" in */nursery.cfg*) exit 1 ;; esac\nexec ${own} "$@"\n`, {
    mode: 0o755,
  });
  const service = await startService({ BRIG_ISOLATION: 'nursery', BRIG_NSJAIL: wrapper });
  try {
    expect(service.service.health()).toMatchObject({
      status: 'unhealthy',
      reason: expect.stringContaining('could not be started'),
    });
    const script = 'def main(): return 1';
    expect((await service.execute({ script })).body).toMatchObject({
      success: false,
      error: 'sandbox_unavailable',
    });
    const strong = await service.execute({ script, isolation: 'nsjail' });
    expect(strong.body).toMatchObject({ result: 1, execution: { isolation: 'nsjail' } });
  } finally {
    await service.close();
    rmSync(folder, { recursive: true });
  }
});
