import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A span as a collector got it. */
export interface SeenSpan {
  readonly name: string;
  readonly traceId: string;
  readonly spanId: string;
  readonly parentId: string;
  readonly start: bigint;
  readonly end: bigint;
  readonly attributes: Readonly<Record<string, string>>;
}

export interface Collector extends AsyncDisposable {
  readonly url: string;
  readonly spans: readonly SeenSpan[];
  /** Values of `service.name` of all that was sent. */
  readonly services: ReadonlySet<string>;
}

/** Starts a collector of traces: OTLP over HTTP, protobuf. */
export async function startCollector(): Promise<Collector> {
  const spans: SeenSpan[] = [];
  const services = new Set<string>();
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      if (request.url === '/v1/traces') readTraces(Buffer.concat(chunks), spans, services);
      response.writeHead(200, { 'Content-Type': 'application/x-protobuf' }).end();
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    spans,
    services,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

/* opentelemetry/proto/trace/v1/trace.proto, by the numbers of its fields. */

function readTraces(bytes: Buffer, spans: SeenSpan[], services: Set<string>): void {
  for (const resourceSpans of messages(bytes, 1)) {
    for (const resource of messages(resourceSpans, 1)) {
      const name = readAttributes(resource, 1)['service.name'];
      if (name !== undefined) services.add(name);
    }
    for (const scopeSpans of messages(resourceSpans, 2))
      for (const span of messages(scopeSpans, 2)) spans.push(readSpan(span));
  }
}

function readSpan(span: Buffer): SeenSpan {
  const [hex, time] = [
    (field: number) => messages(span, field)[0]?.toString('hex') ?? '',
    (field: number) => messages(span, field)[0]?.readBigUInt64LE() ?? 0n,
  ];
  return {
    name: messages(span, 5)[0]?.toString() ?? '',
    ...{ traceId: hex(1), spanId: hex(2), parentId: hex(4), start: time(7), end: time(8) },
    attributes: readAttributes(span, 9),
  };
}

const readAttributes = (bytes: Buffer, field: number): Record<string, string> =>
  Object.fromEntries(
    messages(bytes, field).map((pair) => {
      const [value = Buffer.alloc(0)] = messages(pair, 2);
      const text =
        messages(value, 1)[0]?.toString() ?? String(messages(value, 3)[0]?.readBigUInt64LE() ?? '');
      return [messages(pair, 1)[0]?.toString() ?? '', text];
    }),
  );

/** Returns the content of every field of a number: bytes, or a number as eight bytes. */
function messages(bytes: Buffer, wanted: number): Buffer[] {
  const found: Buffer[] = [];
  let at = 0;
  const varint = (): bigint => {
    let value = 0n;
    for (let shift = 0n; ; shift += 7n) {
      const byte = bytes[at++] ?? 0;
      value |= BigInt(byte & 0x7f) << shift;
      if (byte < 0x80) return value;
    }
  };
  const take = (length: number): Buffer => bytes.subarray(at, (at += length));
  while (at < bytes.length) {
    const tag = Number(varint());
    const content = readField(tag & 7, varint, take);
    if (tag >> 3 === wanted) found.push(content);
  }
  return found;
}

function readField(wire: number, varint: () => bigint, take: (length: number) => Buffer): Buffer {
  if (wire === 2) return take(Number(varint()));
  if (wire !== 0) return take(wire === 1 ? 8 : 4);
  const number = Buffer.alloc(8);
  number.writeBigUInt64LE(varint());
  return number;
}
