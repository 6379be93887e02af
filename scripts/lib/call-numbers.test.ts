import { expect, it } from 'vitest';
import { callNumbers } from '../../src/sandbox/nsjail/filter/call-numbers.ts';
import { listCallNames, readPolicies } from './call-numbers.ts';

it('the system calls that the policies name have numbers, and no others', () => {
  expect([...callNumbers.keys()]).toEqual(listCallNames(readPolicies().values()));
});
