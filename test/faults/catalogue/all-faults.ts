import type { Fault } from '../fault.ts';
import { callerFaults } from './callers.ts';
import { resourceFaults } from './resources.ts';
import { signalFaults } from './signals.ts';
import { systemCallFaults } from './system-calls.ts';

export const allFaults: readonly Fault[] = [
  ...signalFaults,
  ...resourceFaults,
  ...callerFaults,
  ...systemCallFaults,
];
