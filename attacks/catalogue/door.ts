import type { Attack, Complaint, Door, RawResponse } from '../attack.ts';
import { foreignPages } from './foreign-pages.ts';

const script = 'def main():\n    return 6 * 7';
const body = JSON.stringify({ script });
const json = { 'content-type': 'application/json' };

/** The answer has one of these statuses, and it is not the result of an execution. */
const refusedWith = (response: RawResponse, ...statuses: readonly number[]): Complaint =>
  statuses.includes(response.status) && !response.text.includes('"result":42')
    ? undefined
    : `answered ${response.status} ${response.text.slice(0, 200)}; expected was ${statuses.join(' or ')}`;

const head = (door: Door, lines: readonly string[]): string =>
  [
    'POST /execute HTTP/1.1',
    `Host: ${door.url.host}`,
    ...Object.entries(door.credentials).map(([name, value]) => `${name}: ${value}`),
    'Content-Type: application/json',
    'Connection: close',
    ...lines,
    '',
    '',
  ].join('\r\n');

/** Requests whose length two readers could understand differently: a proxy before the service is one. */
const framings: readonly [title: string, lines: (length: number) => string[], payload: string][] = [
  ['two different lengths', (length) => [`Content-Length: ${length}`, 'Content-Length: 1'], body],
  [
    'a length and chunks',
    (length) => [`Content-Length: ${length}`, 'Transfer-Encoding: chunked'],
    `${body.length.toString(16)}\r\n${body}\r\n0\r\n\r\n`,
  ],
  ['an unknown transfer encoding', () => ['Transfer-Encoding: chunked, identity'], body],
  ['a length that is no number', () => ['Content-Length: 0x10'], body],
  ['a negative length', () => ['Content-Length: -1'], body],
  ['a header that is folded', (length) => ['X-Folded: a', ' b', `Content-Length: ${length}`], body],
  ['a space before the colon', (length) => [`Content-Length : ${length}`], body],
  ['a chunk whose size is no number', () => ['Transfer-Encoding: chunked'], `zz\r\n${body}\r\n0\r\n\r\n`],
];

const strange: readonly [title: string, path: string, method: string, statuses: readonly number[]][] = [
  ['another method', '/execute', 'GET', [405]],
  ['a route that is not there', '/nothing', 'POST', [404]],
  ['a path up out of the root', '/%2e%2e/%2e%2e/etc/passwd', 'GET', [400]],
  ['a path of the host in a route of files', '/docs/..%2f..%2f..%2fetc/passwd', 'GET', [404]],
  ['TRACE', '/execute', 'TRACE', [400, 404, 405, 501]],
];

const types: readonly [title: string, headers: Readonly<Record<string, string>>][] = [
  ['text', { 'content-type': 'text/plain' }],
  ['a form', { 'content-type': 'application/x-www-form-urlencoded' }],
  ['another charset', { 'content-type': 'application/json; charset=utf-16' }],
  ['compressed', { ...json, 'content-encoding': 'gzip' }],
];

const play = (title: string, deed: (door: Door) => Promise<Complaint>): Attack => ({
  kind: 'door',
  title,
  play: deed,
});

/** A page in a browser can send these names to the log and to an answer. */
async function splitHeaders(door: Door): Promise<Complaint> {
  const path = '/execute?x=%0d%0aSet-Cookie:%20a=b';
  const { text } = await door.send({
    method: 'POST',
    path,
    headers: { ...json, 'x-request-id': 'a\tb' },
    body,
  });
  return /^set-cookie:/im.test(text) ? 'a header of the attacker is in the answer' : undefined;
}

async function crowdedHead(door: Door): Promise<Complaint> {
  const bytes = head(door, [`X-Long: ${'x'.repeat(200_000)}`, 'Content-Length: 0']);
  return refusedWith(await door.sendBytes(bytes), 431, 400);
}

async function tooLong(door: Door): Promise<Complaint> {
  const declared = head(door, [`Content-Length: ${2 ** 40}`]);
  return refusedWith(await door.sendBytes(declared), 413);
}

async function withoutKey(door: Door): Promise<Complaint> {
  if (Object.keys(door.credentials).length === 0) return undefined;
  const wrong = { authorization: 'Bearer wrong', 'x-api-key': 'wrong' };
  const tries = [{}, wrong];
  for (const headers of tries) {
    const request = {
      method: 'POST',
      path: '/execute',
      headers: { ...json, ...headers },
      body,
      withoutKey: true,
    };
    const complaint = refusedWith(await door.send(request), 401, 429);
    if (complaint !== undefined) return complaint;
  }
  return undefined;
}

export const door: readonly Attack[] = [
  ...foreignPages,
  ...framings.map(([title, lines, payload]) =>
    play(title, async (at) =>
      refusedWith(await at.sendBytes(head(at, lines(body.length)) + payload), 400, 501),
    ),
  ),
  ...strange.map(([title, path, method, statuses]) =>
    play(title, async (at) => refusedWith(await at.send({ method, path }), ...statuses)),
  ),
  ...types.map(([title, headers]) =>
    play(`a body that is ${title}`, async (at) =>
      refusedWith(await at.send({ method: 'POST', path: '/execute', headers, body }), 415),
    ),
  ),
  play('a head of 200 kB', crowdedHead),
  play('a body of a terabyte', tooLong),
  play('headers in a path', splitHeaders),
  play('no key, and a wrong one, where keys are needed', withoutKey),
];
