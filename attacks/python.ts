import type { Aims, Answer, Complaint, Need, RequestBody, ScriptAttack } from './attack.ts';

/** Common code of attacks in Python: raw system calls, and a try that returns `ok` or the name of the error. */
export const tools = `
import ctypes, errno, os, socket, subprocess, sys
libc = ctypes.CDLL(None, use_errno=True)

def name(number):
    return errno.errorcode.get(number, str(number))

def syscall(number, *arguments):
    converted = [ctypes.c_long(one) if isinstance(one, int) else one for one in arguments]
    return 'ok' if libc.syscall(ctypes.c_long(number), *converted) >= 0 else name(ctypes.get_errno())

def attempt(action, *arguments, **keywords):
    try:
        action(*arguments, **keywords)
        return 'ok'
    except OSError as error:
        return name(error.errno) if error.errno else type(error).__name__

def in_child(action):
    """What an action gives in a forked child, as text; or how the child ended."""
    reader, writer = os.pipe()
    pid = os.fork()
    if pid == 0:
        try:
            os.write(writer, str(action()).encode())
        finally:
            os._exit(0)
    os.close(writer)
    said = os.read(reader, 4096).decode()
    os.close(reader)
    _, status = os.waitpid(pid, 0)
    return said or f'ended with {status}'
`;

/** A script whose \`main\` are these lines, with the tools at hand. */
export const wrap = (lines: string): string =>
  `${tools}\n\ndef main(*args):\n${lines
    .split('\n')
    .map((line) => `    ${line}`)
    .join('\n')}\n`;

/** For attacks that look for a word in their own process: arguments are objects of it as well. */
export const reverse = (word: string): string => Array.from(word).toReversed().join('');

export interface Details {
  readonly needs?: readonly Need[];
  readonly leavesMachine?: boolean;
  /** Further members of the request. */
  readonly fields?: Readonly<Record<string, unknown>> | ((aims: Aims) => Readonly<Record<string, unknown>>);
}

/** An attack by a whole Python script. */
export function script(
  title: string,
  source: string,
  judge: (answer: Answer) => Complaint,
  { fields = {}, ...details }: Details = {},
): ScriptAttack {
  const request = (aims: Aims): RequestBody => ({
    script: source,
    ...(typeof fields === 'function' ? fields(aims) : fields),
  });
  return { kind: 'script', title, runtime: 'python', request, judge, ...details };
}

/** An attack by lines of Python that return what they found. */
export const lines = (
  title: string,
  text: string,
  judge: (answer: Answer) => Complaint,
  details?: Details,
): ScriptAttack => script(title, wrap(text), judge, details);
