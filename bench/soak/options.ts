import { parseArgs } from 'node:util';

export interface Options {
  readonly minutes: number;
  readonly clients: number;
  /** Turns a second of all clients together, as far as the service keeps up. */
  readonly rate: number;
  readonly seed: number;
  /** A service that runs already; one of the soak's own where it is undefined. */
  readonly baseUrl: string | undefined;
  readonly key: string | undefined;
  /** Process id of the service at `baseUrl`, if it runs on this host. */
  readonly pid: number | undefined;
  readonly doesWrite: boolean;
}

export const usage = `./scripts/soak [OPTIONS]: mixed load for an hour; every answer is checked, and what the service holds has to stay flat.
  --minutes N       how long (60)
  --clients N       clients at once (6)
  --rate N          turns a second of all clients together (8): half of two cores; more is more load
  --seed N          which turns come, in which order (1)
  --write           write docs/soak.md and docs/images/soak.svg
  --base-url URL    soak a service that runs already, instead of one of its own
  --key KEY         its API key, where it wants one
  --pid PID         its process, where it runs on this host: without it only answers and latency are looked at`;

/** @throws Error with a sentence for the caller; undefined where only the usage was asked for. */
export function parseOptions(args: readonly string[]): Options | undefined {
  const { values } = parseArgs({
    args: [...args],
    options: {
      minutes: { type: 'string', default: '60' },
      clients: { type: 'string', default: '6' },
      rate: { type: 'string', default: '8' },
      seed: { type: 'string', default: '1' },
      'base-url': { type: 'string' },
      key: { type: 'string' },
      pid: { type: 'string' },
      write: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) return undefined;
  return {
    minutes: read('minutes', values.minutes),
    clients: Math.ceil(read('clients', values.clients)),
    rate: read('rate', values.rate),
    seed: read('seed', values.seed),
    baseUrl: values['base-url']?.replace(/\/$/, ''),
    key: values.key,
    pid: values.pid === undefined ? undefined : read('pid', values.pid),
    doesWrite: values.write,
  };
}

function read(name: string, text: string): number {
  const value = Number(text);
  if (value > 0) return value;
  throw new Error(`--${name} takes a number above 0.`);
}
