import { findDifferences } from '../check.ts';
import type { Kind, SoakAnswer } from '../kind.ts';

const LINES = 2000;
const TIMEOUT = 0.3;

/** Writes its token on every line, all of it before the script goes on to its end. */
const script = (end: string): string => `
import sys, time

def main(token):
    for line in range(${LINES}):
        print(token, line)
    print(token, file=sys.stderr)
    sys.stdout.flush()
    ${end}
`;

const allOutput = (token: string): string =>
  Array.from({ length: LINES }, (_, line) => `${token} ${line}\n`).join('');

interface Ending {
  readonly name: string;
  readonly weight: number;
  /** Code that runs after all output is written. */
  readonly end: string;
  readonly limits?: Readonly<Record<string, number>>;
  readonly wanted: (token: string) => object;
  /** True if the execution is cut short, so that only the beginning of its output is known. */
  readonly isCutShort?: boolean;
}

const endings: readonly Ending[] = [
  {
    name: 'output: success',
    weight: 8,
    end: 'return token',
    wanted: (token) => ({ success: true, result: token, return_code: 0 }),
  },
  {
    name: 'output: exception',
    weight: 1,
    end: 'raise ValueError(token)',
    wanted: (token) => ({
      success: false,
      error: 'runtime_error',
      error_type: 'ValueError',
      message: token,
      return_code: 1,
    }),
  },
  {
    name: 'output: timeout',
    weight: 1,
    end: 'time.sleep(60)',
    limits: { timeout: TIMEOUT },
    wanted: () => ({ success: false, error: 'timeout', return_code: -9 }),
    isCutShort: true,
  },
  {
    name: 'output: memory',
    weight: 1,
    end: 'return len(bytearray(256 << 20))',
    limits: { memory_mb: 32 },
    wanted: () => ({ success: false, error: 'memory_limit' }),
    isCutShort: true,
  },
];

function checkOutput({ body }: SoakAnswer, token: string, isCutShort: boolean): readonly unknown[] {
  const [stdout, stderr] = [allOutput(token), `${token}\n`];
  const isRight = isCutShort
    ? stdout.startsWith(body.stdout) && stderr.startsWith(body.stderr)
    : body.stdout === stdout && body.stderr === stderr;
  return isRight ? [] : [{ output: body.stdout.slice(-300), stderr: body.stderr.slice(0, 300) }];
}

const toToken = (index: number): string => `token-${index}-${'abcdefghij'.repeat(3)}`;

const toKind = ({ name, weight, end, limits = {}, wanted, isCutShort = false }: Ending): Kind => ({
  name,
  weight,
  run: async ({ index, send }) => {
    const token = toToken(index);
    const answer = await send({
      body: { script: script(end), args: [token], limits, execution_id: token },
    });
    const { status, body } = answer;
    const wrong = findDifferences(
      { status, ...body },
      { status: 200, execution: { id: token }, ...wanted(token) },
    );
    if (wrong.length > 0) return wrong;
    const isEarly = body.error === 'timeout' && body.execution.duration_ms < TIMEOUT * 1000;
    return [...checkOutput(answer, token, isCutShort), ...(isEarly ? [{ early: body.execution }] : [])];
  },
});

/** The caller goes away: while it waits for its turn, while the jail starts, or while the script runs. */
const disconnect: Kind = {
  name: 'disconnect',
  weight: 1,
  run: async ({ index, send, random }) => {
    const token = toToken(index);
    const signal = AbortSignal.timeout(Math.floor(random() * 600));
    try {
      const answer = await send({ body: { script: script('time.sleep(60)'), args: [token] }, signal });
      return [{ answered: answer.text.slice(0, 300) }];
    } catch (error) {
      if (signal.aborted) return [];
      throw error;
    }
  },
};

/** Much output from each, which has to be its own, and every way for an execution to end. Needs no more than Python. */
export const outputKinds: readonly Kind[] = [...endings.map(toKind), disconnect];
