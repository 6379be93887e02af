import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** The key that the services of the tests have for the chat server; nobody else may ever see it. */
export const TEST_KEY = 'key-that-nobody-may-see-4711';

/** A call in the form of the protocol. */
export interface SeenCall {
  readonly path: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: {
    readonly model: string;
    readonly temperature: number;
    readonly response_format?: unknown;
    readonly messages: readonly { role: string; content: string }[];
  };
  /** Whether the caller was gone before its answer. */
  wasLeft: boolean;
}

/** How one call is answered. */
export type ChatReply = (response: ServerResponse, call: SeenCall) => void;

/** A server that speaks the chat protocol as far as it is told to. */
export interface ChatServer {
  /** The settings of a service that asks this server. */
  readonly settings: Record<string, string>;
  readonly url: string;
  /** Every call since the last `play`. */
  readonly calls: readonly SeenCall[];
  /** How calls are answered from now on, one after another; the last one stays. */
  play(...replies: readonly ChatReply[]): void;
  close(): Promise<void>;
}

const json = (response: ServerResponse, status: number, body: unknown, headers = {}): void => {
  response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body));
};

const completion = (content: unknown, finish_reason = 'stop', more = {}) => ({
  id: 'chat-1',
  object: 'chat.completion',
  created: 1,
  model: 'test',
  choices: [{ index: 0, finish_reason, message: { role: 'assistant', content, ...more } }],
});

/** Any body at all, with a status. */
export const answer =
  (status: number, body: unknown, headers = {}): ChatReply =>
  (response) =>
    json(response, status, body, headers);

/** A reply of this text. */
export const say = (content: string | null, finishReason?: string, more = {}): ChatReply =>
  answer(200, completion(content, finishReason, more));

/** A reply that is the JSON of this. */
export const replyWith = (reply: unknown): ChatReply => say(JSON.stringify(reply));

/** A script that is called safe. */
export const write = (script: string, explanation = 'It is harmless.'): ChatReply =>
  replyWith({ script, is_safe: true, explanation });

/** An error as providers have it, with the key that they were sent, as some do. */
export const fail = (status: number, headers = {}): ChatReply =>
  answer(status, { error: { message: `no: Bearer ${TEST_KEY}`, type: 'failure' } }, headers);

/** No answer at all. */
export const stall: ChatReply = () => {};

/** The first bytes of an answer, again and again. */
export const drip: ChatReply = (response) => {
  response.writeHead(200, { 'content-type': 'application/json' });
  const timer = setInterval(() => response.write(' '), 20);
  response.on('close', () => clearInterval(timer));
};

/** A body that does not end. */
export const flood: ChatReply = (response) => {
  response.writeHead(200, { 'content-type': 'application/json' });
  const more = (): void => {
    while (!response.destroyed && response.write('x'.repeat(65_536)));
  };
  response.on('drain', more);
  more();
};

/** The connection is closed without a word. */
export const hangUp: ChatReply = (response) => {
  response.socket?.destroy();
};

export async function startChatServer(first: readonly ChatReply[]): Promise<ChatServer> {
  let replies = first;
  let calls: SeenCall[] = [];
  const server = createServer((request, response) => {
    const handle = async (): Promise<void> => {
      const text = await readText(request);
      const body = (text === '' ? {} : JSON.parse(text)) as SeenCall['body'];
      const call: SeenCall = { path: request.url ?? '', headers: request.headers, body, wasLeft: false };
      response.on('close', () => {
        call.wasLeft = !response.writableFinished;
      });
      calls.push(call);
      const reply = replies[Math.min(calls.length, replies.length) - 1];
      if (reply === undefined) throw new Error('no reply is set');
      reply(response, call);
    };
    handle().catch(() => response.destroy());
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`;
  return {
    url,
    settings: { BRIG_LLM_BASE_URL: url, BRIG_LLM_API_KEY: TEST_KEY, BRIG_LLM_MODEL: 'test' },
    get calls() {
      return calls;
    },
    play: (...next) => {
      replies = next;
      calls = [];
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

async function readText(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString('utf8');
}
