import { resolve } from 'node:path';
import { Option, type Command } from 'commander';
import { parseConfig } from '../../config.ts';
import { isolations } from '../../core/contract/isolation.ts';
import { scopes } from '../../core/contract/keys.ts';
import { nearest } from '../../core/text/nearest.ts';
import { Refusal } from '../../core/contract/refusal.ts';
import { changeKeyFile } from '../../keys/change-key-file.ts';
import { createRecord, type KeyWish } from '../../keys/create-record.ts';
import { readKeyFile } from '../../keys/read-key-file.ts';
import { describeKey } from '../describe-key.ts';
import { readEnvironment } from '../dotenv.ts';
import { numberOption } from '../number-option.ts';

interface FileOptions {
  readonly file?: string;
}

const FILE = ['--file <file>', 'the file of keys; by default that of BRIG_KEYS_FILE'] as const;
const collect = (value: string, previous: readonly string[] = []): string[] => [
  ...previous,
  ...value.split(','),
];

/** Adds the commands for keys. None of them talks to the service, which notices a change of the file by itself. */
export function addKeyCommand(program: Command): void {
  const key = program.command('key').description('make, list and revoke API keys');
  const create = key
    .command('create')
    .description('make a key and print it, this once; the file keeps its hash')
    .requiredOption('--name <name>', 'what the log and its lists call it')
    .option('--scope <scope>', `${scopes.join(', ')}; with commas or once for each (execute)`, collect)
    .option('--rate <requests/window>', 'how often it may be used: 60/m, 5/s, 100/15m')
    .addOption(numberOption('--concurrency <number>', 'most executions of it that run at once'))
    .addOption(
      new Option(
        '--isolation <how>',
        'how the jails of its requests are made, if more strictly than for others',
      ).choices(isolations),
    )
    .option(
      '--network <hosts>',
      'what its scripts may reach of BRIG_NETWORK, with commas or once for each; off for nothing',
      collect,
    )
    .option('--expires <when>', 'for how long it is good (30d, 12h), or until when (2027-01-31)')
    .option(...FILE);
  for (const [flag, about] of [...ceilingFlags, ...environmentFlags])
    create.addOption(numberOption(flag, about));
  create.action((options: KeyWish & FileOptions) => createKey(options));
  key
    .command('list')
    .description('list keys; nobody can show the keys themselves')
    .option('--json', 'as JSON')
    .option(...FILE)
    .action(({ json, ...options }: FileOptions & { json?: boolean }) => listKeys(options, json === true));
  key
    .command('revoke')
    .description('make keys worthless, by name or id; what runs for them may end')
    .argument('<keys...>')
    .option(...FILE)
    .action((names: string[], options: FileOptions) => revokeKeys(names, options));
}

const ceilingFlags = [
  ['--max-timeout <seconds>', 'highest wall clock limit that it may ask for'],
  ['--max-cpu-time <seconds>', 'highest CPU time limit'],
  ['--max-memory <MiB>', 'highest memory limit'],
  ['--max-cpus <cores>', 'highest CPU bandwidth'],
  ['--max-processes <number>', 'most processes and threads'],
  ['--max-output-bytes <bytes>', 'most bytes of each stream'],
  ['--max-disk <MiB>', 'largest working directory'],
  ['--max-open-files <number>', 'most open files of each process'],
  ['--max-compile-timeout <seconds>', 'wall clock limit of its compilers, where that is not --max-timeout'],
  ['--max-compile-memory <MiB>', 'memory limit of its compilers, where that is not --max-memory'],
] as const;

const environmentFlags = [
  ['--max-environments <number>', 'most environments that it may have'],
  ['--max-environments-mb <MiB>', 'disk space of all its environments'],
] as const;

async function createKey(options: KeyWish & FileOptions): Promise<void> {
  const file = findFile(options);
  const { record, key } = createRecord(options, new Date());
  const addRecord: Parameters<typeof changeKeyFile>[1] = (keys) => {
    if (!keys.some(({ name }) => name === record.name)) return [...keys, record];
    throw new Refusal('invalid_input', `There is a key ${record.name} already.`, {
      suggestions: ['Choose another name, or revoke that one first: brig key revoke.'],
    });
  };
  await changeKeyFile(file, addRecord, { makesFolder: true });
  process.stderr.write(`${describeKey(record, new Date())}\nThe key itself is shown this once:\n`);
  process.stdout.write(`${key}\n`);
}

async function listKeys(options: FileOptions, asJson: boolean): Promise<void> {
  const { keys } = await readKeyFile(findFile(options));
  const now = new Date();
  const shown = keys.map((record) => ({ ...record, sha256: undefined }));
  process.stdout.write(
    asJson ? `${JSON.stringify(shown)}\n` : keys.map((record) => `${describeKey(record, now)}\n`).join(''),
  );
}

async function revokeKeys(wanted: readonly string[], options: FileOptions): Promise<void> {
  const file = findFile(options);
  await changeKeyFile(file, (keys) => {
    for (const word of wanted) {
      if (keys.some(({ name, id }) => name === word || id === word)) continue;
      const [like] = nearest(word, new Set(keys.map(({ name }) => name)), 1);
      throw new Refusal('not_found', `There is no key ${word}; nothing was revoked.`, {
        suggestions: like === undefined ? ['brig key list'] : [`Did you mean ${like}?`],
      });
    }
    return keys.filter(({ name, id }) => !wanted.includes(name) && !wanted.includes(id));
  });
}

function findFile({ file = parseConfig(readEnvironment()).keysFile }: FileOptions): string {
  if (file !== undefined) return resolve(file);
  throw new Refusal('invalid_input', 'Nothing says which file the keys are in.', {
    suggestions: ['Name it with --file, or in BRIG_KEYS_FILE, as the service needs it too.'],
  });
}
