import { Agent, request } from 'node:http';

/** Time of each step in milliseconds, as `Server-Timing` says. */
export type Steps = ReadonlyMap<string, number>;

/** A body of `POST /execute`, and what the right answer to it looks like. */
export interface PreparedRequest {
  readonly body: Buffer;
  /** Beginning of the answer. */
  readonly begin: string;
  readonly leastBytes: number;
}

export interface Answer {
  readonly status: number;
  readonly body: Buffer;
  readonly steps: Steps;
}

export interface ExecuteClient extends Disposable {
  /** @throws Error where there is no answer. */
  send(prepared: PreparedRequest): Promise<Answer>;
  /** Sends it and checks the answer. @throws Error where it is not the right one. */
  run(prepared: PreparedRequest): Promise<Steps>;
}

export function toRequest(
  fields: Readonly<Record<string, unknown>>,
  { begin, leastBytes = 0 }: { begin: string; leastBytes?: number },
): PreparedRequest {
  return { body: Buffer.from(JSON.stringify(fields)), begin, leastBytes };
}

/** Without decoding a large answer: the client shares the machine with the service. */
export function isRight({ status, body }: Answer, { begin, leastBytes }: PreparedRequest): boolean {
  return status === 200 && body.length >= leastBytes && body.toString('utf8', 0, begin.length) === begin;
}

/** A client of `POST /execute` that keeps up to `connections` connections open. */
export function createExecuteClient(url: string, connections: number): ExecuteClient {
  const agent = new Agent({ keepAlive: true, maxSockets: connections });
  const send = ({ body }: PreparedRequest): Promise<Answer> => {
    const done = Promise.withResolvers<Answer>();
    const headers = { 'content-type': 'application/json', 'content-length': body.length };
    request(`${url}/execute`, { method: 'POST', agent, headers }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('error', done.reject);
      response.on('end', () =>
        done.resolve({
          status: response.statusCode ?? 0,
          body: Buffer.concat(chunks),
          steps: readSteps(response.headers['server-timing'] ?? ''),
        }),
      );
    })
      .on('error', done.reject)
      .end(body);
    return done.promise;
  };
  return {
    send,
    run: async (prepared) => {
      const answer = await send(prepared);
      if (isRight(answer, prepared)) return answer.steps;
      throw new Error(`The service answered ${answer.status}: ${answer.body.toString('utf8', 0, 500)}`);
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
