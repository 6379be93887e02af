import { Agent, request } from 'node:http';

/** Time of each step in milliseconds, as `Server-Timing` says. */
export type Steps = ReadonlyMap<string, number>;

export interface ExecuteClient extends Disposable {
  /** Sends the trivial script and checks the answer. @throws Error where it is not the right one. */
  run(): Promise<Steps>;
}

const body = JSON.stringify({ script: 'def main():\n    return 6 * 7\n' });

/** A client of `POST /execute` that keeps up to `connections` connections open. */
export function createExecuteClient(url: string, connections: number): ExecuteClient {
  const agent = new Agent({ keepAlive: true, maxSockets: connections });
  const headers = { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) };
  return {
    run: () => {
      const done = Promise.withResolvers<Steps>();
      request(`${url}/execute`, { method: 'POST', agent, headers }, (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('error', done.reject);
        response.on('end', () => {
          const text = Buffer.concat(chunks).toString('utf8');
          if (response.statusCode === 200 && text.startsWith('{"success":true,"result":42,'))
            done.resolve(readSteps(response.headers['server-timing'] ?? ''));
          else done.reject(new Error(`The service answered ${response.statusCode}: ${text.slice(0, 500)}`));
        });
      })
        .on('error', done.reject)
        .end(body);
      return done.promise;
    },
    [Symbol.dispose]: () => agent.destroy(),
  };
}

/** `jail;dur=17.2, run;dur=3.1`, with or without descriptions between. */
function readSteps(header: string | string[]): Steps {
  const entries = String(header)
    .split(',')
    .flatMap((part): [string, number][] => {
      const [, name, duration] = /^\s*([\w-]+).*;dur=([\d.]+)/.exec(part) ?? [];
      return name === undefined ? [] : [[name, Number(duration)]];
    });
  return new Map(entries);
}
