import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { packageRoot } from '../../src/paths.ts';
import {
  HEADER_BYTES,
  MAX_DATA_BYTES,
  messageTable,
  PROTOCOL_VERSION,
  SECRET_BYTES,
  VERSION_BYTES,
} from '../../src/sandbox/nsjail/protocol/messages.ts';

/*
 * Generates the harness's side of the protocol from the service's: `node scripts/lib/harness-messages.ts` writes it, and
 * a test fails when the file is out of date.
 */

export const harnessMessagesFile = join(packageRoot, 'harness', 'jail', 'messages.py');

/** Longest payload, because a length has four bytes. */
const MAX_LENGTH = 2 ** 32 - 1;

export function renderHarnessMessages(): string {
  const table = messageTable.filter(([name]) => name !== 'opening');
  const fromService = table.filter(([, { from }]) => from === 'service');
  const fromHarness = table.filter(([, { from }]) => from === 'harness');
  const repeated = fromService.filter(([, { repeats }]) => repeats === true).map(([name]) => `"${name}"`);
  return [
    '"""The messages of the protocol.',
    '',
    'Made of src/sandbox/nsjail/protocol/messages.ts, which says what they hold, by scripts/lib/harness-messages.ts.',
    '"""',
    '',
    `VERSION = ${PROTOCOL_VERSION}`,
    `HEADER_BYTES, VERSION_BYTES, SECRET_BYTES = ${HEADER_BYTES}, ${VERSION_BYTES}, ${SECRET_BYTES}`,
    `DATA_BYTES = ${MAX_DATA_BYTES}`,
    '',
    '# From the service. The first one, then all others by their tags: a name, and the most bytes of a payload.',
    `OPENING = b"${messageTable.find(([name]) => name === 'opening')?.[1].tag ?? ''}"`,
    'MESSAGES = {',
    ...fromService.map(
      ([name, { tag, mostBytes = MAX_LENGTH }]) => `    ${tag.charCodeAt(0)}: ("${name}", ${mostBytes}),`,
    ),
    '}',
    `REPEATED = (${repeated.join(', ')})`,
    '',
    '# To the service.',
    ...fromHarness.map(([name, { tag }]) => `${name.toUpperCase()} = b"${tag}"`),
    '',
  ].join('\n');
}

if (import.meta.main) writeFileSync(harnessMessagesFile, renderHarnessMessages());
