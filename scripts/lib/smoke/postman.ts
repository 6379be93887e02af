import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { packageRoot } from '../../../src/paths.ts';
import { foreignRequests } from './foreign-requests.ts';
import { ownRequests } from './own-requests.ts';
import { methodOf, toPath, type SmokeRequest } from './request.ts';

/*
 * The Postman collection: the requests of the smoke test, each with its test. `node scripts/lib/smoke/postman.ts` writes
 * deploy/postman.json; a test says when it is older than the requests.
 */

/** Name of the collection's file. */
export const postmanFile = join(packageRoot, 'deploy', 'postman.json');

/** Puts Postman's own variables in the place of saved values. */
const keepVariables = new Map(
  [...ownRequests, ...foreignRequests].flatMap(({ saves }) =>
    saves === undefined ? [] : [[saves.as, `{{${saves.as}}}`] as const],
  ),
);

const pathOf = (request: SmokeRequest): string =>
  toPath(request, keepVariables).replaceAll('%7B', '{').replaceAll('%7D', '}');

function toItem(request: SmokeRequest) {
  const { route, shows, headers = {}, body } = request;
  const [path = '', query] = pathOf(request).split('?');
  const all = { ...(body !== undefined && { 'Content-Type': 'application/json' }), ...headers };
  return {
    name: `${route}: ${shows}`,
    request: {
      method: methodOf(request),
      header: Object.entries(all).map(([key, value]) => ({ key, value })),
      ...(body !== undefined && { body: { mode: 'raw', raw: JSON.stringify(body, null, 2) } }),
      url: {
        raw: `{{base_url}}${path}${query === undefined ? '' : `?${query}`}`,
        host: ['{{base_url}}'],
        path: path.slice(1).split('/'),
        ...(query !== undefined && {
          query: [...new URLSearchParams(query)].map(([key, value]) => ({ key, value })),
        }),
      },
    },
    event: [{ listen: 'test', script: { type: 'text/javascript', exec: writeTest(request) } }],
  };
}

function writeTest({ status, has = {}, off, saves }: SmokeRequest): string[] {
  const statuses = [status, ...(off?.statuses ?? [])];
  const members = Object.entries(has).map(
    ([name, value]) =>
      `    pm.expect(pm.response.json()[${JSON.stringify(name)}]).to.eql(${JSON.stringify(value)});`,
  );
  return [
    `pm.test('answers as documented', () => {`,
    `  pm.expect(pm.response.code).to.be.oneOf(${JSON.stringify(statuses)});`,
    ...(members.length > 0 ? [`  if (pm.response.code === ${status}) {`, ...members, '  }'] : []),
    '});',
    ...(saves === undefined
      ? []
      : [
          `const found = ${String(saves.pattern)}.exec(pm.response.text());`,
          `if (found) pm.collectionVariables.set('${saves.as}', found[1]);`,
        ]),
  ];
}

/** Returns the text of the collection, as of Postman's format 2.1. */
export function renderPostman(): string {
  const folders = Object.entries(
    Object.groupBy([...ownRequests, ...foreignRequests], ({ door }) => door),
  ).map(([name, requests = []]) => ({ name, item: requests.map(toItem) }));
  const collection = {
    info: {
      name: 'Brig',
      description: 'Every route of Brig, and of the contracts of other systems that it speaks.',
      schema: 'https://schema.getpostman.com/json/collection/v2.1.0/collection.json',
    },
    auth: {
      type: 'apikey',
      apikey: [
        { key: 'key', value: 'X-API-Key' },
        { key: 'value', value: '{{key}}' },
        { key: 'in', value: 'header' },
      ],
    },
    variable: [
      { key: 'base_url', value: 'http://127.0.0.1:8080' },
      { key: 'key', value: '' },
    ],
    item: folders,
  };
  return `${JSON.stringify(collection, null, 2)}\n`;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) writeFileSync(postmanFile, renderPostman());
