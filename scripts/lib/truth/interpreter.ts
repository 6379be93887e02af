import { inspectInterpreter, type Interpreter } from '../../../src/host/interpreter.ts';

let found: Promise<Interpreter> | undefined;

/** The interpreter that jails run, on the host. @throws Error where there is none. */
export function findInterpreter(): Promise<Interpreter> {
  found ??= inspectInterpreter(process.env['BRIG_PYTHON'] ?? 'python3');
  return found;
}
