import { readFileSync } from 'node:fs';
import { parseEnv } from 'node:util';
import { expect, it } from 'vitest';
import { parseConfig } from '../../src/config.ts';
import { envExample, renderEnvExample } from './env-example.ts';

const text = readFileSync(envExample, 'utf8');

it('lists the settings of today', () => {
  expect(text).toBe(renderEnvExample());
});

it('changes nothing as it is, nor with its defaults said', () => {
  expect(parseEnv(text)).toEqual({});
  const said = parseEnv(text.replaceAll(/^# (BRIG_\w+=.+)$/gm, '$1'));
  expect(Object.keys(said).length).toBeGreaterThan(50);
  expect(parseConfig(said)).toEqual(parseConfig({}));
});
