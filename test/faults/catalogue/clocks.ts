import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findNsjail } from '../../../src/sandbox/nsjail/binary.ts';
import { packageRoot } from '../../../src/paths.ts';
import { PATIENCE_MS, waitFor, type Arena } from '../arena.ts';
import { judge, proveRefusals, type Fault, type Prepared, type Seen } from '../fault.ts';
import { signal } from '../signal.ts';
import { stepOf } from '../steps.ts';

const group = 'clocks that jump';
const HOUR_MS = 3_600_000;

const inFolder =
  (toSettings: (folder: string) => Readonly<Record<string, string>>) => (): Promise<Prepared> => {
    const folder = mkdtempSync(join(tmpdir(), 'brig-clock-'));
    chmodSync(folder, 0o755);
    return Promise.resolve({
      settings: toSettings(folder),
      [Symbol.asyncDispose]: () => {
        rmSync(folder, { recursive: true });
        return Promise.resolve();
      },
    });
  };

/** The hidden settings of a fault are known to it by its arena alone. */
const settingOf = ({ settings }: Arena, name: string): string => settings[name] ?? '';

async function setClock(arena: Arena, offsetMs: number): Promise<void> {
  const file = settingOf(arena, 'FAULT_CLOCK');
  writeFileSync(file, String(offsetMs));
  rmSync(`${file}.seen`, { force: true });
  signal(arena.service.pid, 'SIGUSR2');
  await waitFor(() => existsSync(`${file}.seen`), 'a clock that is set');
  const seen = Number(readFileSync(`${file}.seen`, 'utf8')) - Date.now();
  if (Math.abs(seen - offsetMs) > PATIENCE_MS) throw new Error(`the clock is off by ${seen} ms`);
}

const wait = async (arena: Arena, timeout: number): Promise<Seen> =>
  judge(
    await arena.send({
      body: { script: 'import time\ndef main():\n    time.sleep(100)', limits: { timeout } },
    }),
    ({ body }) => body.error === 'timeout' && body.execution.duration_ms >= timeout * 1000,
  );

const jumping = (what: string, offsetMs: number): Fault => ({
  name: `clock: ${what}`,
  group,
  what: `the wall clock of the service is set ${what} while a script runs; another then reaches its timeout of 1 s`,
  prepare: inFolder((folder) => ({
    NODE_OPTIONS: `--import=${join(packageRoot, 'test/faults/jumping-clock.ts')}`,
    FAULT_CLOCK: join(folder, 'clock'),
  })),
  strike: async (arena) => {
    const held = await stepOf('the script runs').hold(arena);
    const late = wait(arena, 1);
    await setClock(arena, offsetMs);
    const seen = [...(await held.seen), await late, await wait(arena, 1), await arena.trivial()];
    await setClock(arena, 0);
    return { seen, proof: 'Date.now() seen to jump' };
  },
});

/** Asks for nsjail's own time limit to be six seconds, where a file says so. */
const wrapper = (nsjail: string, flag: string): string => `#!/bin/sh
# Each argument goes from the front to the back, that of --time_limit changed.
[ -e "${flag}" ] || exec "${nsjail}" "$@"
count=$# last=
while [ "$count" -gt 0 ]; do
  case $last in --time_limit) one=6 ;; *) one=$1 ;; esac
  last=$1 count=$((count - 1))
  shift
  set -- "$@" "$one"
done
exec "${nsjail}" "$@"
`;

/** nsjail compares the wall clock with the moment at which it started a jail. */
const ahead: Fault = {
  name: 'clock: nsjail ends a jail too early',
  group,
  what: "nsjail's own limit, which the wall clock measures, is reached after six seconds, as if the host's clock had been set ahead, while a script computes",
  settings: { BRIG_MAX_WARM_JAILS: '0' },
  prepare: inFolder((folder) => {
    const [program, flag] = [join(folder, 'nsjail'), join(folder, 'flag')];
    writeFileSync(program, wrapper(findNsjail(process.env['BRIG_NSJAIL']), flag), { mode: 0o755 });
    return { BRIG_NSJAIL: program, FAULT_FLAG: flag };
  }),
  strike: async (arena) => {
    const flag = settingOf(arena, 'FAULT_FLAG');
    writeFileSync(flag, '');
    const script = 'import time\ndef main():\n    while time.process_time() < 8: pass\n    return 1';
    const answer = await arena.send({ body: { script, limits: { timeout: 30 } } });
    rmSync(flag);
    const seen = [judge(answer, () => false)];
    return { seen, proof: proveRefusals(seen) };
  },
};

export const clockFaults: readonly Fault[] = [
  jumping('an hour ahead', HOUR_MS),
  jumping('a day back', -24 * HOUR_MS),
  ahead,
];
