import type { SmokeRequest } from './request.ts';

const script = 'def main():\n    print("working")\n    return {"answer": 6 * 7}';
const noBuilds = {
  statuses: [403],
  because: 'callers may not build (BRIG_BUILDS), or the key lacks a scope',
};
const noJobs = {
  statuses: [403, 404],
  because: 'there are no jobs (BRIG_JOBS), or the key lacks their scope',
};
const noSessions = {
  statuses: [403, 404],
  because: 'there are no sessions (BRIG_SESSIONS), or the key lacks their scope',
};
const session = { id: '{{session}}' };
const noPlayground = { statuses: [404], because: 'there is no playground (BRIG_PLAYGROUND)' };
const ask = { jsonrpc: '2.0', id: 1, method: 'ping' };

/** Requests to each route of Brig's own contract, in an order in which each finds what it needs. */
export const ownRequests: readonly SmokeRequest[] = [
  { route: 'GET /live', shows: 'the process answers', status: 200, has: { status: 'alive' } },
  { route: 'GET /health', shows: 'scripts can run', status: 200 },
  {
    ...{ route: 'POST /execute', shows: 'a function runs', body: { script }, status: 200 },
    has: { success: true, result: { answer: 42 }, stdout: 'working\n' },
  },
  {
    ...{ route: 'POST /execute', shows: 'a script that fails is told why', status: 200 },
    body: { script: 'def main():\n    return 1 / 0' },
    has: { success: false, error: 'runtime_error', error_type: 'ZeroDivisionError' },
  },
  {
    ...{ route: 'POST /execute', shows: 'a script without main() is refused', status: 200 },
    ...{ body: { script: 'print(1)' }, has: { success: false, error: 'missing_main' } },
  },
  { route: 'GET /runtimes', shows: 'runtimes are listed', status: 200 },
  {
    ...{ route: 'POST /generate-and-execute', shows: 'a query without words is refused', status: 400 },
    ...{ body: { query: '' }, has: { error: 'invalid_input' } },
  },
  { route: 'GET /environments', shows: 'environments are listed', status: 200 },
  {
    ...{ route: 'GET /environments/{name}', shows: 'the environment of the standard library is shown' },
    ...{ parameters: { name: 'plain' }, status: 200, has: { name: 'plain' } },
  },
  {
    ...{ route: 'POST /environments', shows: 'a build without packages is refused', status: 400 },
    ...{ body: { name: 'brig-smoke', packages: 'none' }, off: noBuilds },
  },
  {
    ...{ route: 'DELETE /environments/{name}', shows: 'an unknown environment cannot be removed' },
    ...{ parameters: { name: 'brig-smoke-unknown' }, status: 404, off: noBuilds },
  },
  {
    ...{ route: 'DELETE /environments', shows: 'nothing is unused for a thousand years' },
    ...{ query: 'unused_days=365000', status: 200, has: { removed: [] }, off: noBuilds },
  },
  {
    ...{ route: 'POST /jobs', shows: 'a job is accepted', body: { script }, status: 202, off: noJobs },
    saves: { as: 'job', pattern: /"id":\s?"([^"]+)"/ },
  },
  {
    ...{ route: 'GET /jobs/{id}', shows: 'a job ends', parameters: { id: '{{job}}' }, query: 'wait=20' },
    ...{ status: 200, off: noJobs },
  },
  {
    ...{ route: 'GET /jobs/{id}/events', shows: 'a job has events', parameters: { id: '{{job}}' } },
    ...{ status: 200, off: noJobs },
  },
  { route: 'GET /jobs', shows: 'jobs are listed', status: 200, off: noJobs },
  {
    ...{ route: 'POST /jobs/batch', shows: 'a batch without jobs is refused', body: { jobs: [] } },
    ...{ status: 400, off: noJobs },
  },
  {
    ...{
      route: 'DELETE /jobs/{id}',
      shows: 'a job that ended cannot be cancelled',
      status: 200,
      off: noJobs,
    },
    parameters: { id: '{{job}}' },
  },
  {
    ...{ route: 'POST /sessions', shows: 'a session is opened', body: {}, status: 201, off: noSessions },
    saves: { as: 'session', pattern: /"id":\s?"([^"]+)"/ },
  },
  {
    ...{ route: 'POST /sessions/{id}/execute', shows: 'a cell runs', parameters: session, status: 200 },
    ...{ body: { script: 'print(6 * 7)' }, has: { success: true, stdout: '42\n' }, off: noSessions },
  },
  {
    ...{ route: 'POST /sessions/{id}/interrupt', shows: 'nothing runs that could be interrupted' },
    ...{ parameters: session, status: 200, off: noSessions },
  },
  {
    ...{ route: 'PUT /sessions/{id}/files/{path}', shows: 'a file is written', status: 200, off: noSessions },
    ...{ parameters: { ...session, path: 'smoke.txt' }, body: 'smoke' },
  },
  {
    ...{ route: 'GET /sessions/{id}/files/{path}', shows: 'a file is read', status: 200, off: noSessions },
    parameters: { ...session, path: 'smoke.txt' },
  },
  {
    ...{ route: 'GET /sessions/{id}/files', shows: 'files are listed', status: 200, off: noSessions },
    parameters: session,
  },
  { route: 'GET /sessions', shows: 'sessions are listed', status: 200, off: noSessions },
  {
    ...{ route: 'GET /sessions/{id}', shows: 'a session is shown', status: 200, off: noSessions },
    parameters: session,
  },
  {
    ...{ route: 'DELETE /sessions/{id}', shows: 'a session ends', status: 200, off: noSessions },
    parameters: session,
  },
  {
    ...{ route: 'POST /mcp', shows: 'tools answer an agent', body: ask, status: 200 },
    headers: { Accept: 'application/json, text/event-stream' },
  },
  {
    ...{ route: 'GET /metrics', shows: 'the service measures itself', status: 200 },
    off: {
      statuses: [403, 404],
      because: 'metrics are off, or have a port of their own, or the key lacks their scope',
    },
  },
  { route: 'GET /openapi.json', shows: 'the contract is described', status: 200, has: { openapi: '3.1.1' } },
  { route: 'GET /docs', shows: 'the contract has a page', status: 200 },
  {
    route: 'GET /docs/{file}',
    shows: 'the page has its program',
    parameters: { file: 'start.js' },
    status: 200,
  },
  {
    ...{ route: 'GET /', shows: 'the playground opens', status: 200, off: noPlayground },
    saves: { as: 'asset', pattern: /\/playground\/([\w.-]+)/ },
  },
  {
    ...{ route: 'GET /playground/{file}', shows: 'the playground has its program', status: 200 },
    ...{ parameters: { file: '{{asset}}' }, off: noPlayground },
  },
].map((request) => ({ door: 'brig', ...request }));
