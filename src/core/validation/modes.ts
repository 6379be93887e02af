import { defaultMode, requestCaps } from '../contract/request.ts';
import {
  hasPackageEnvironments,
  isRuntimeName,
  packageRuntimes,
  type RuntimeName,
} from '../contract/runtimes.ts';
import { isRecord } from './is-record.ts';
import { countUtf8, nameType, type Mistake } from '../text/words.ts';

type Body = Readonly<Record<string, unknown>>;

/** Returns the runtime of a body; the default when it names none, or an unknown one. */
function readRuntime({ runtime }: Body): RuntimeName {
  return isRuntimeName(runtime) ? runtime : 'python';
}

/** Complains about fields that have no meaning in mode `script`, which the caller may know as `cell`. */
export function complainAboutMode(body: Body, nameOfScript: 'script' | 'cell' = 'script'): Mistake[] {
  const runtime = readRuntime(body);
  const { mode = defaultMode(runtime), args, kwargs } = body;
  if (runtime !== 'python' && mode === 'function') {
    return [
      {
        message: `mode "function" is Python's: runtime "${runtime}" runs the whole script as a program`,
        suggestion: 'Leave out "mode", or use mode "script".',
      },
    ];
  }
  if (mode !== 'script') return [];
  const where = runtime === 'python' ? `in mode "${nameOfScript}"` : `with runtime "${runtime}"`;
  const mistakes: Mistake[] = [];
  const index = Array.isArray(args) ? args.findIndex((argument) => typeof argument !== 'string') : -1;
  if (Array.isArray(args) && index !== -1) {
    mistakes.push({
      message: `args[${index}] must be a string ${where}, not ${nameType(args[index])}`,
      suggestion:
        runtime === 'python'
          ? `In mode "${nameOfScript}", args are the strings of sys.argv[1:].`
          : "args are the strings of the program's command line.",
    });
  }
  if (isRecord(kwargs) && Object.keys(kwargs).length > 0) {
    mistakes.push({
      message: `kwargs must be empty ${where}`,
      suggestion:
        runtime === 'python'
          ? 'Only a function takes kwargs: use mode "function", or pass strings as args.'
          : "Only Python's functions take kwargs: pass strings as args, or data as stdin.",
    });
  }
  if (Object.hasOwn(body, 'function')) {
    mistakes.push({
      message: `function has no meaning ${where}`,
      suggestion:
        runtime === 'python' ? 'Leave out "function", or use mode "function".' : 'Leave out "function".',
    });
  }
  return mistakes;
}

/** Complains about fields that only Python's interpreter supports. */
export function complainAboutPreflight(body: Body): Mistake[] {
  const runtime = readRuntime(body);
  if (runtime === 'python') return [];
  const { validate_only, policy } = body;
  const asked = [
    ...(validate_only === true ? ['validate_only'] : []),
    ...(isRecord(policy) && policy['mode'] !== 'off' ? ['policy'] : []),
  ];
  return asked.map((name) => ({
    message: `${name} looks at Python scripts, not at those of runtime "${runtime}"`,
    suggestion: `Leave out "${name}".`,
  }));
}

/** Complains about an environment for a compiled runtime, which has no packages. */
export function complainAboutEnvironment(body: Body): Mistake[] {
  const runtime = readRuntime(body);
  if (hasPackageEnvironments(runtime) || body['environment'] === undefined) return [];
  return [
    {
      message: `environment holds packages for ${packageRuntimes.join(', ')}: runtime "${runtime}" has none`,
      suggestion: 'Leave out "environment".',
    },
  ];
}

/** Complains about arguments that the kernel would not accept as a command line. */
export function complainAboutProgram(body: Body): Mistake[] {
  const { args } = body;
  if (readRuntime(body) === 'python' || !Array.isArray(args)) return [];
  const mistakes: Mistake[] = [];
  let sum = 0;
  for (const [index, argument] of args.entries()) {
    if (typeof argument !== 'string') return [];
    const bytes = countUtf8(argument);
    // Counted like in the kernel: bytes, a NUL, a pointer.
    sum += bytes + 9;
    if (argument.includes('\0')) mistakes.push({ message: `args[${index}] holds NUL` });
    if (bytes > requestCaps.argumentBytes) {
      mistakes.push({
        message: `args[${index}] has ${bytes} bytes; at most ${requestCaps.argumentBytes} are taken`,
        suggestion: 'Pass large data as stdin.',
      });
    }
  }
  if (sum > requestCaps.allArgumentBytes) {
    mistakes.push({
      message: `args have ${sum} bytes together; at most ${requestCaps.allArgumentBytes} are taken`,
      suggestion: 'Pass large data as stdin.',
    });
  }
  return mistakes;
}
