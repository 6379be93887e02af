import type { BareWork } from './bare-jail.ts';
import { toRequest, type PreparedRequest } from './execute-client.ts';
import { twentyImports, writeLongScript } from './scripts.ts';

/** One piece of work, for the service and for a bare interpreter. */
export interface Work {
  readonly request: PreparedRequest;
  readonly bare: BareWork;
}

/** `paced` is one client with five requests a second; a number is that many clients, back to back. */
export const loadNames = ['paced', 1, 8, 64] as const;
export type LoadName = (typeof loadNames)[number];

export const describeLoad = (load: LoadName): string =>
  load === 'paced' ? 'paced' : `${load} client${load === 1 ? '' : 's'}`;

export interface Case {
  /** Description for the tables. */
  readonly title: string;
  /** Done in turn. */
  readonly works: readonly [Work, ...Work[]];
  readonly loads: readonly LoadName[];
  /** Jails have the scientific environment, and waiting ones have imported numpy and pandas. */
  readonly hasPackages?: true;
  /** Milliseconds from one paced run to the next, where making a jail takes longer than others leave time for. */
  readonly everyMs?: number;
}

const MEGABYTE = 1_000_000;
const LINES = 20_000;
const LINE = MEGABYTE / LINES - 1;
const SCRIPT_BYTES = 200_000;

const main = (body: string): string => `def main():\n    ${body}\n`;
const returning42 = '{"success":true,"result":42,';

const trivial: Work = {
  request: toRequest({ script: main('return 6 * 7') }, { begin: returning42 }),
  bare: { code: 'pass' },
};

const imports: Work = {
  request: toRequest({ script: `${twentyImports}\n${main('return 6 * 7')}` }, { begin: returning42 }),
  bare: { code: twentyImports },
};

/** Code that adds the folder of packages, which `-S` leaves out. */
const findPackages =
  'import sys; sys.path.append(f"{sys.prefix}/lib/python{sys.version_info[0]}.{sys.version_info[1]}/site-packages")';

const numpy: Work = {
  request: toRequest(
    { script: `import numpy\n\n${main('return 6 * int(numpy.arange(8).max())')}` },
    { begin: returning42 },
  ),
  bare: { code: `${findPackages}; import numpy; numpy.arange(8).max()` },
};

const pandas: Work = {
  request: toRequest(
    { script: `import numpy, pandas\n\n${main('return 6 * int(pandas.Series(numpy.arange(8)).max())')}` },
    { begin: returning42 },
  ),
  bare: { code: `${findPackages}; import numpy, pandas; pandas.Series(numpy.arange(8)).max()` },
};

/** Prints a megabyte with the statement. */
const printing = (statement: string): Work => ({
  request: toRequest(
    { script: main(statement), limits: { output_bytes: 2 * MEGABYTE } },
    { begin: '{"success":true,"result":null,"stdout":"xxx', leastBytes: MEGABYTE },
  ),
  bare: { code: statement, outputBytes: MEGABYTE },
});
const stdout = printing(`print('x' * ${MEGABYTE - 1})`);
const stdoutLines = printing(`for _ in range(${LINES}): print('x' * ${LINE})`);

const longScript = writeLongScript(SCRIPT_BYTES);
const script: Work = {
  request: toRequest({ script: longScript }, { begin: returning42 }),
  // Too long for an argument of a program.
  bare: { code: 'import sys; exec(sys.stdin.read()); main()', stdin: longScript },
};

const everyLoad = loadNames;
const someLoads = ['paced', 8] as const;

/** Cases that compare `POST /execute` with a bare jail. */
export const cases = {
  trivial: { title: 'trivial `main()`', works: [trivial], loads: everyLoad },
  imports: { title: '20 imports of the standard library', works: [imports], loads: someLoads },
  numpy: { title: '`import numpy`, imported ahead', works: [numpy], loads: someLoads, hasPackages: true },
  pandas: {
    title: '`import numpy, pandas`, imported ahead',
    works: [pandas],
    loads: ['paced'],
    hasPackages: true,
    everyMs: 1000,
  },
  stdout: { title: '1 MB of stdout in one print', works: [stdout], loads: someLoads },
  'stdout-lines': { title: '1 MB of stdout in 20,000 lines', works: [stdoutLines], loads: someLoads },
  script: { title: 'a script of 200 KB', works: [script], loads: someLoads },
  mixed: {
    title: 'mixed: trivial, imports, 1 MB of stdout, 200 KB of script',
    works: [trivial, imports, stdout, script],
    loads: ['paced', 8, 64],
  },
} as const satisfies Record<string, Case>;
export type CaseName = keyof typeof cases;

/** The request that all the rest is measured with. */
export const trivialRequest = trivial.request;
