import { Option } from 'commander';
import { Refusal } from '../core/contract/refusal.ts';

/** Creates an option with a number as its argument; its reader checks the range. */
export function numberOption(flags: string, description: string): Option {
  const [name = flags] = flags.split(' ', 1);
  return new Option(flags, description).argParser((text) => readNumber(name, text));
}

/** @throws Refusal `invalid_input` with the text that was given. */
export function readNumber(name: string, text: string): number {
  const value = text.trim() === '' ? Number.NaN : Number(text);
  if (Number.isFinite(value)) return value;
  throw new Refusal('invalid_input', `${name} must be a number, not ${JSON.stringify(text)}.`);
}
