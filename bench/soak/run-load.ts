import { setTimeout as sleep } from 'node:timers/promises';
import type { Kind, Send, SoakAnswer } from './kind.ts';
import { createRandom } from '../../scripts/lib/random.ts';

export interface Load {
  readonly kinds: readonly Kind[];
  readonly clients: number;
  readonly seed: number;
  /** Seconds that a client thinks between two turns, on average: some turns follow at once, some late. */
  readonly thinkSeconds: number;
  readonly send: Send;
  /** No turn begins after it. */
  readonly until: AbortSignal;
}

export interface Complaint {
  readonly kind: string;
  readonly turn: number;
  readonly wrong: unknown;
}

/** Results of a load, kept up to date while it runs. */
export interface Tally {
  readonly turns: Map<string, number>;
  /** Answers by their verdict: `success`, an error's category, or the status of an answer that has neither. */
  readonly verdicts: Map<string, number>;
  /** The first ones; `complained` counts all. */
  readonly complaints: Complaint[];
  complained: number;
}

const KEPT_COMPLAINTS = 50;

export const createTally = (): Tally => ({
  turns: new Map(),
  verdicts: new Map(),
  complaints: [],
  complained: 0,
});

/** Sends turns of the kinds until it is told to end, and checks each answer. The seed decides which kinds come, in which order. */
export async function runLoad(load: Load, tally: Tally): Promise<void> {
  const total = load.kinds.reduce((sum, { weight }) => sum + weight, 0);
  const random = createRandom(load.seed);
  let turns = 0;
  const client = async (): Promise<void> => {
    while (!load.until.aborted) {
      const index = turns;
      turns += 1;
      const kind = pickKind(load.kinds, random() * total);
      await takeTurn(kind, index, createRandom(load.seed + index), load.send, tally);
      // Exponential pauses: arrivals have no rhythm of their own.
      const ms = -Math.log(1 - random()) * load.thinkSeconds * 1000;
      if (ms > 0) await sleep(ms, undefined, { signal: load.until }).catch(() => undefined);
    }
  };
  await Promise.all(Array.from({ length: load.clients }, client));
}

function pickKind(kinds: readonly Kind[], at: number): Kind {
  let below = 0;
  const found = kinds.find(({ weight }) => at < (below += weight)) ?? kinds.at(-1);
  if (found === undefined) throw new Error('There is nothing to send.');
  return found;
}

async function takeTurn(
  kind: Kind,
  index: number,
  random: () => number,
  send: Send,
  tally: Tally,
): Promise<void> {
  const complain = (wrong: unknown): void => {
    tally.complained += 1;
    if (tally.complaints.length < KEPT_COMPLAINTS)
      tally.complaints.push({ kind: kind.name, turn: index, wrong });
  };
  const counted: Send = async (request) => {
    const answer = await send(request);
    count(tally.verdicts, toVerdict(answer));
    return answer;
  };
  try {
    for (const wrong of await kind.run({ index, random, send: counted })) complain(wrong);
  } catch (error) {
    complain(String(error));
  }
  count(tally.turns, kind.name);
}

const toVerdict = ({ status, body: { error, success } }: SoakAnswer): string =>
  error ?? (success ? 'success' : `HTTP ${status}`);

const count = (counts: Map<string, number>, name: string): unknown =>
  counts.set(name, (counts.get(name) ?? 0) + 1);
