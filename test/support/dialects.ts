import { send, type Answer } from './service.ts';

/** Speaks to one dialect as its own client does. */
export interface DialectClient {
  post(path: string, body: unknown): Promise<{ status: number; body: Record<string, unknown> }>;
  get(path: string): Promise<{ status: number; body: Record<string, unknown> }>;
  delete(path: string): Promise<{ status: number; body: Record<string, unknown> }>;
}

export function openDialect(url: string, name: string): DialectClient {
  const base = `${url}/dialects/${name}`;
  return {
    post: async (path, body) => {
      const raw = typeof body === 'string' ? body : JSON.stringify(body);
      const headers = { 'content-type': 'application/json' };
      return read(await send(`${base}${path}`, raw, { method: 'POST', headers }));
    },
    get: async (path) => read(await send(`${base}${path}`)),
    delete: async (path) => read(await send(`${base}${path}`, undefined, { method: 'DELETE' })),
  };
}

const read = ({ status, body }: Answer) => ({ status, body: body as unknown as Record<string, unknown> });
