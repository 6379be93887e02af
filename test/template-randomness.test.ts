import { mkdir } from 'node:fs/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { readBuildRequest } from '../src/core/validation/read-build-request.ts';
import { INSTALL_MS, readMatplotlibLock, stateWithMatplotlib } from './support/matplotlib.ts';
import { startService, type TestService } from './support/service.ts';

/** Modules with randomness, names or keys of their own, which the template has imported. */
const preload = [
  ...['numpy', 'numpy.random', 'matplotlib.pyplot'],
  ...['random', 'ssl', 'uuid', 'tempfile', 'multiprocessing', 'logging', 'secrets'],
];
const ENVIRONMENT = 'seeds';
const EXECUTIONS = 1000;
const AT_ONCE = 8;

const draw = `
import sys
loaded = {name: name in sys.modules for name in ${JSON.stringify(preload)}}
import logging, multiprocessing, os, random, secrets, ssl, tempfile, time, uuid
import numpy
from numpy.random import default_rng

def main():
    twister = numpy.random.get_state()
    record = logging.LogRecord("a", 20, "b", 1, "c", (), None)
    return {
        "loaded": loaded,
        "age": record.relativeCreated,
        "drawn": {
            "random": random.random(),
            "random bits": hex(random.getrandbits(64)),
            "random, a new one": random.Random().random(),
            "secrets": secrets.token_hex(16),
            "urandom": os.urandom(16).hex(),
            "ssl": ssl.RAND_bytes(16).hex(),
            "uuid1": str(uuid.uuid1()),
            "uuid4": str(uuid.uuid4()),
            "node": uuid.getnode(),
            "numpy of old": float(numpy.random.random()),
            "numpy of old, its state": str(twister[1][:4]),
            "numpy generators": float(default_rng().random()),
            "name of a file": tempfile.mktemp(),
            "key of processes": multiprocessing.current_process().authkey.hex(),
        },
    }
`;

let service: TestService;
beforeAll(async () => {
  await mkdir(stateWithMatplotlib, { recursive: true, mode: 0o755 });
  service = await startService({ BRIG_ISOLATION: 'template', BRIG_STATE_DIR: stateWithMatplotlib });
  const { environments } = service.service;
  const order = { name: ENVIRONMENT, lock: readMatplotlibLock(), preload };
  const request = readBuildRequest(order, { isOperator: true, builds: 'all' });
  if (!environments.isCurrent(request)) await environments.build(request).done;
}, INSTALL_MS);
afterAll(() => service.close());

interface Drawn {
  readonly loaded: Readonly<Record<string, boolean>>;
  readonly age: number;
  readonly drawn: Readonly<Record<string, unknown>>;
}

it('a thousand executions of one template draw nothing alike', { timeout: INSTALL_MS }, async () => {
  const seen = new Map<string, Set<string>>();
  let left = EXECUTIONS;
  const work = async (): Promise<void> => {
    while (left > 0) {
      left -= 1;
      const { body } = await service.execute({ script: draw, environment: ENVIRONMENT });
      expect(body.success, body.traceback ?? body.message).toBe(true);
      expect(body.execution.isolation).toBe('template');
      const { loaded, age, drawn } = body.result as Drawn;
      // Otherwise nothing is shown: a module that the script imports itself has its own randomness anyway.
      expect(loaded).toEqual(Object.fromEntries(preload.map((name) => [name, true])));
      expect(age).toBeLessThan(600_000);
      for (const [name, value] of Object.entries(drawn)) {
        const values = seen.get(name) ?? new Set();
        values.add(String(value));
        seen.set(name, values);
      }
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  const counts = Object.fromEntries([...seen].map(([name, { size }]) => [name, size]));
  expect(counts).toEqual(Object.fromEntries([...seen.keys()].map((name) => [name, EXECUTIONS])));
});
