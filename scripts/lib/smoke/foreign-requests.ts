import type { SmokeRequest } from './request.ts';

const noBuilds = {
  statuses: [403, 500],
  because: 'callers may not build (BRIG_BUILDS), or the key lacks a scope',
};

const codeExecutor: readonly Omit<SmokeRequest, 'door'>[] = [
  { route: 'POST /execute', shows: 'code runs', body: { code: 'print(6 * 7)' }, status: 200 },
  { route: 'GET /health', shows: 'code can run', status: 200 },
];

const codeCantation: readonly Omit<SmokeRequest, 'door'>[] = [
  {
    ...{ route: 'POST /execute', shows: 'a function runs', status: 200 },
    body: { code: 'def main():\n    return 42', code_type: 'FUNCTION', func_name: 'main' },
  },
];

const quartermaster: readonly Omit<SmokeRequest, 'door'>[] = [
  { route: 'GET /', shows: 'it greets', status: 200, has: { message: 'Code Runner is operational.' } },
  {
    ...{ route: 'POST /run', shows: 'code runs', body: { code: 'print(6 * 7)' }, status: 200 },
    has: { stdout: '42\n', exit_code: 0 },
  },
  { route: 'GET /runtimes', shows: 'runtimes are listed', status: 200 },
  { route: 'GET /images', shows: 'images are listed', status: 200 },
  {
    ...{ route: 'POST /prebuild', shows: 'an incomplete image is refused', body: {}, status: 422 },
    off: noBuilds,
  },
  { route: 'GET /prebuilds', shows: 'prebuilt images are listed', status: 200, off: noBuilds },
  {
    ...{ route: 'GET /prebuilds/{tag}', shows: 'an unknown image is not found', status: 404, off: noBuilds },
    parameters: { tag: 'brig-smoke-unknown' },
  },
  {
    ...{ route: 'DELETE /prebuilds/{tag}', shows: 'an unknown image is not removed', status: 404 },
    ...{ parameters: { tag: 'brig-smoke-unknown' }, off: noBuilds },
  },
  {
    ...{ route: 'POST /prebuilds/cleanup', shows: 'nothing is unused for a thousand years', status: 200 },
    ...{ query: 'max_age_days=365000', has: { removed: [], count: 0 }, off: noBuilds },
  },
  { route: 'GET /health', shows: 'code can run', status: 200, has: { status: 'ok' } },
];

const securePython: readonly Omit<SmokeRequest, 'door'>[] = [
  {
    ...{ route: 'POST /execute', shows: 'code runs', status: 200 },
    ...{ body: { code: 'print(6 * 7)', validate_code: false }, has: { stdout: '42\n', exit_code: 0 } },
  },
  {
    ...{
      route: 'POST /generate-and-execute',
      shows: 'a query without words is refused',
      body: { query: '' },
    },
    ...{ status: 422 },
  },
  { route: 'GET /health', shows: 'code can run', status: 200, has: { status: 'healthy' } },
];

const piston: readonly Omit<SmokeRequest, 'door'>[] = [
  { route: 'GET /api/v2/runtimes', shows: 'runtimes are listed', status: 200 },
  {
    ...{ route: 'POST /api/v2/execute', shows: 'code runs', status: 200, has: { language: 'python' } },
    body: { language: 'python', version: '*', files: [{ content: 'print(6 * 7)' }] },
  },
  { route: 'GET /api/v2/packages', shows: 'packages are listed', status: 200 },
];

/** Requests to each route of each dialect. */
export const foreignRequests: readonly SmokeRequest[] = Object.entries({
  'code-executor': codeExecutor,
  'code-cantation': codeCantation,
  quartermaster,
  'secure-python': securePython,
  piston,
}).flatMap(([door, requests]) => requests.map((request) => ({ door, ...request })));
