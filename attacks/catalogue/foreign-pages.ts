import type { Attack, Complaint, Door } from '../attack.ts';

/*
 * Attacks by a page in a browser that reaches the service: requests with the page's own origin, whose answers it may not read
 * but whose effects it wants, and requests for a name that the page makes resolve to the loopback.
 */

const PAGE = 'https://attacker.invalid';
const script = 'def main():\n    return 6 * 7';
const json = { 'content-type': 'application/json' };

interface Sent {
  readonly title: string;
  readonly method?: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
}

const execution = JSON.stringify({ script });

const fromPages: readonly Sent[] = [
  { title: 'an execution', path: '/execute', headers: { ...json, origin: PAGE }, body: execution },
  {
    title: 'an execution as text',
    path: '/execute',
    headers: { 'content-type': 'text/plain', origin: PAGE },
    body: execution,
  },
  {
    title: 'an execution from a file',
    path: '/execute',
    headers: { ...json, origin: 'null' },
    body: execution,
  },
  {
    title: 'an execution whose origin is kept back',
    path: '/execute',
    headers: { ...json, 'sec-fetch-site': 'cross-site' },
    body: execution,
  },
  {
    title: 'a build',
    path: '/environments',
    headers: { ...json, origin: PAGE },
    body: '{"name":"x","packages":["six"]}',
  },
  { title: 'a removal', method: 'DELETE', path: '/environments/x', headers: { origin: PAGE } },
  {
    title: 'a call of a tool',
    path: '/mcp',
    headers: { ...json, origin: PAGE },
    body: '{"jsonrpc":"2.0","id":1,"method":"tools/list"}',
  },
  ...[
    'code-cantation/execute',
    'code-executor/execute',
    'secure-python/execute',
    'quartermaster/run',
    'quartermaster/prebuild',
  ].map((route) => ({
    title: `a body without a type to ${route}`,
    path: `/dialects/${route}`,
    headers: { origin: PAGE },
    body: JSON.stringify({ code: script, script }),
  })),
];

const isRefused = async (door: Door, { method = 'POST', path, headers, body }: Sent): Promise<Complaint> => {
  const { status, text } = await door.send({ method, path, headers, ...(body !== undefined && { body }) });
  if (/^access-control-allow-origin:/im.test(text)) return 'the page may read the answer';
  return status === 403 ? undefined : `answered ${status} ${text.slice(-200)}; expected was 403`;
};

/** Complains if a preflight request is granted. */
async function isNotInvited(door: Door): Promise<Complaint> {
  const headers = {
    origin: PAGE,
    'access-control-request-method': 'POST',
    'access-control-request-headers': 'content-type',
  };
  const { text } = await door.send({ method: 'OPTIONS', path: '/execute', headers });
  return /^access-control-allow-origin:/im.test(text) ? 'the page is told that it may' : undefined;
}

export const foreignPages: readonly Attack[] = [
  ...fromPages.map((sent): Attack => ({
    kind: 'door',
    title: `a foreign page: ${sent.title}`,
    play: (door) => isRefused(door, sent),
  })),
  { kind: 'door', title: 'a foreign page: a question whether it may', play: isNotInvited },
  {
    kind: 'door',
    title: 'a name of a foreign page that leads to the loopback',
    needs: ['same host'],
    play: (door) =>
      isRefused(door, {
        title: '',
        path: '/execute',
        headers: { ...json, host: 'attacker.invalid' },
        body: execution,
      }),
  },
];
