import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { harnessMessagesFile, renderHarnessMessages } from '../../../../scripts/lib/harness-messages.ts';
import { messageTable, PROTOCOL_VERSION, SECRET_BYTES, VERSION_BYTES } from './messages.ts';

describe('the table of messages', () => {
  it('is that of its version: whoever changes it raises the version, and only then this', () => {
    const rows = messageTable.map(([name, { tag, mostBytes, repeats }]) =>
      [tag, name, mostBytes ?? '', repeats === true ? 'repeats' : ''].join(' ').trim(),
    );
    expect([PROTOCOL_VERSION, ...rows]).toEqual([
      5,
      'H opening 18',
      'M mode 8',
      'F function',
      'S script',
      'A arguments',
      'K keywords',
      'V argument  repeats',
      'E variable  repeats',
      'I stdin',
      'C result_cap 16',
      'J lenient 0',
      'L preflight 16',
      'Q hosts 49152',
      'P input_file',
      'D input_data',
      'W root',
      'N script_file',
      'O return_files',
      'X word  repeats',
      'T product_file',
      'B session 64',
      'G run 0',
      'y ready 64',
      'u refusal 216',
      't taken 16',
      's begun 0',
      'v display',
      'r result',
      'e error 1048576',
      'b product',
      'f figures 0',
      'n file 1032',
      'p figure 1032',
      'd data 65536',
      'o files_end 819200',
    ]);
  });

  it('has a tag for each message, and each tag once', () => {
    const tags = messageTable.map(([, { tag }]) => tag);
    expect(new Set(tags).size).toBe(tags.length);
    for (const [, { tag, from }] of messageTable)
      expect(tag).toMatch(from === 'service' ? /^[A-Z]$/ : /^[a-z]$/);
  });

  it('begins alike in every version: a harness of another one has to understand as much', () => {
    expect(messageTable[0]).toMatchObject(['opening', { from: 'service', tag: 'H' }]);
    expect([VERSION_BYTES, SECRET_BYTES]).toEqual([2, 16]);
  });

  it('is what the harness has', () => {
    const checkedIn = readFileSync(harnessMessagesFile, 'utf8');
    expect(checkedIn, 'run node scripts/lib/harness-messages.ts').toBe(renderHarnessMessages());
  });
});
