import { readFileSync } from 'node:fs';
import { BlockList, isIP } from 'node:net';
import { Command, InvalidArgumentError, Option } from 'commander';
import { groupNames, type Group } from './attack.ts';

export interface AttackSettings {
  /** Undefined where the suite starts a service of its own. */
  readonly url: URL | undefined;
  readonly key: string | undefined;
  readonly groups: readonly Group[];
  readonly report: string | undefined;
  readonly sign: string | undefined;
  readonly minutes: number;
  readonly matrix: boolean;
  readonly layers: readonly string[] | undefined;
  readonly verify: string | undefined;
  readonly publicKey: string | undefined;
  readonly list: boolean;
}

interface Given {
  readonly key?: string;
  readonly keyFile?: string;
  readonly group?: Group[];
  readonly report?: string;
  readonly sign?: string;
  readonly minutes: number;
  readonly matrix?: boolean;
  readonly layer?: string[];
  readonly verify?: string;
  readonly publicKey?: string;
  readonly list?: boolean;
  readonly iOwnThis?: boolean;
}

const DEFAULT_MINUTES = 20;

/** Ends the process, with a sentence, where the command line is wrong. */
export function readOptions(argv: readonly string[], env: NodeJS.ProcessEnv): AttackSettings {
  const program = new Command('attack')
    .description(
      'attack a Brig, or one that is started for it, and say what held; exit status 0 only where everything did',
    )
    .argument(
      '[base-url]',
      'the service to attack, by its port alone; one of its own where it is left out',
      readUrl,
    )
    .option(
      '--key <key>',
      'API key; BRIG_API_KEY in the environment is not seen by other users of this machine',
    )
    .option('--key-file <file>', 'a file whose first line is the API key')
    .addOption(new Option('--group <names...>', 'only these groups of attacks').choices(groupNames))
    .option('--report <folder>', 'write report.json and report.html there')
    .option('--sign <file>', 'sign the report with this Ed25519 key (PEM)')
    .option('--minutes <n>', 'most time for all of it', readMinutes, DEFAULT_MINUTES)
    .option('--i-own-this', 'attack a service on another machine: one that is yours to attack')
    .option('--matrix', 'switch each layer of isolation off in turn, and say what the others hold')
    .option('--layer <names...>', 'with --matrix: only these layers')
    .option('--verify <file>', 'check the digest and the signature of a report.json, and attack nothing')
    .option('--public-key <file>', 'with --verify: the key that must have signed it (PEM)')
    .option('--list', 'say which attacks there are, and make none')
    .parse(argv);
  const given = program.opts<Given>();
  const [url] = program.processedArgs as [URL | undefined];
  if (url !== undefined && given.iOwnThis !== true && !isLoopback(url))
    program.error(`${url.host} is another machine. Only attack what is yours: --i-own-this says that it is.`);
  if (given.matrix === true && url !== undefined)
    program.error('The matrix needs the sandbox itself, not a service: leave the URL out.');
  if (given.sign !== undefined && given.report === undefined)
    program.error('--sign is for a report: name a folder with --report.');
  return {
    url,
    key: given.key ?? (given.keyFile === undefined ? env['BRIG_API_KEY'] : readFirstLine(given.keyFile)),
    groups: given.group ?? groupNames,
    report: given.report,
    sign: given.sign,
    minutes: given.minutes,
    matrix: given.matrix === true,
    layers: given.layer,
    verify: given.verify,
    publicKey: given.publicKey,
    list: given.list === true,
  };
}

const readFirstLine = (file: string): string => readFileSync(file, 'utf8').split('\n')[0]?.trim() ?? '';

function readUrl(value: string): URL {
  const url = URL.parse(value);
  if (url === null || !['http:', 'https:'].includes(url.protocol))
    throw new InvalidArgumentError('It has to be a URL of http or https.');
  if (url.username !== '' || url.password !== '')
    throw new InvalidArgumentError('A key goes into BRIG_API_KEY, not into the URL.');
  return url;
}

function readMinutes(value: string): number {
  const minutes = Number(value);
  if (!(minutes > 0 && minutes <= 240))
    throw new InvalidArgumentError('It has to be a number of minutes up to 240.');
  return minutes;
}

const loopback = new BlockList();
loopback.addSubnet('127.0.0.0', 8, 'ipv4');
loopback.addAddress('::1', 'ipv6');

/** By the address as it is written: a name may lead anywhere, but for the one that is fixed. */
export function isLoopback({ hostname }: URL): boolean {
  const host = hostname.replaceAll(/[[\]]/g, '');
  const version = isIP(host);
  return version === 0 ? host === 'localhost' : loopback.check(host, version === 4 ? 'ipv4' : 'ipv6');
}
