import { parseSize } from '../../core/text/sizes.ts';
import { read } from './fields.ts';

/** A finite number of at least `least`, as pydantic reads a float. */
export const numberField = (least: number) =>
  read(
    (given) => {
      const value = readNumber(given);
      const msg = 'Input should be a valid number';
      if (value === undefined) {
        if (typeof given !== 'string') return { type: 'float_type', msg };
        return { type: 'float_parsing', msg: `${msg}, unable to parse string as a number` };
      }
      if (!Number.isFinite(value)) return { type: 'finite_number', msg: 'Input should be a finite number' };
      if (value >= least) return { value };
      return { type: 'greater_than_equal', msg: `Input should be greater than or equal to ${least}` };
    },
    { type: 'number', minimum: least },
  );

function readNumber(given: unknown): number | undefined {
  if (typeof given === 'number') return given;
  if (typeof given === 'boolean') return Number(given);
  if (typeof given !== 'string') return undefined;
  return /^\s*[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:e[+-]?\d+)?\s*$/i.test(given) ? Number(given) : undefined;
}

/** A size in Docker's notation, in bytes. */
export const sizeField = () =>
  read(
    (given) => {
      if (typeof given !== 'string') return { type: 'string_type', msg: 'Input should be a valid string' };
      const value = parseSize(given);
      if (value !== undefined) return { value };
      return { type: 'value_error', msg: 'Value error, a size is a number and a unit of b, k, m or g' };
    },
    { type: 'string', description: "A size in Docker's notation, such as `256m`." },
  );
