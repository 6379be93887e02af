import { createSocket } from 'node:dgram';
import { once } from 'node:events';

/** A DNS server of a test's own, on the loopback. */
export interface DnsServer extends AsyncDisposable {
  /** As BRIG_NETWORK_DNS takes it. */
  readonly address: string;
  /** Names that were asked for (type A), in order. */
  readonly asked: string[];
}

type Answers = readonly string[];

/**
 * Answers questions for IPv4 addresses; other types have no records, unknown names do not exist.
 * @param find the addresses of a name; undefined for none, `silent` for no answer at all.
 */
export async function startDns(
  find: (name: string, nth: number) => Answers | 'silent' | undefined,
): Promise<DnsServer> {
  const socket = createSocket('udp4');
  const asked: string[] = [];
  socket.on('message', (question, { port, address }) => {
    const { name, type, end } = readQuestion(question);
    if (type === A) asked.push(name);
    const found = find(name, asked.filter((one) => one === name).length);
    if (found === 'silent') return;
    socket.send(
      writeAnswer(question.subarray(0, end), type === A ? (found ?? []) : [], found === undefined),
      port,
      address,
    );
  });
  socket.bind(0, '127.0.0.1');
  await once(socket, 'listening');
  return {
    address: `127.0.0.1:${socket.address().port}`,
    asked,
    [Symbol.asyncDispose]: () => new Promise((resolve) => socket.close(() => resolve())),
  };
}

/** RFC 1035 */
const [A, IN, HEADER, NO_NAME] = [1, 1, 12, 3];

function readQuestion(message: Buffer): { name: string; type: number; end: number } {
  const labels: string[] = [];
  let at = HEADER;
  for (let size = message[at] ?? 0; size > 0; size = message[at] ?? 0) {
    labels.push(message.toString('latin1', at + 1, at + 1 + size));
    at += 1 + size;
  }
  return { name: labels.join('.').toLowerCase(), type: message.readUInt16BE(at + 1), end: at + 5 };
}

function writeAnswer(question: Buffer, addresses: Answers, isUnknown: boolean): Buffer {
  const head = Buffer.from(question);
  // An answer, recursion available.
  head.writeUInt16BE(0x8180 | (isUnknown ? NO_NAME : 0), 2);
  head.writeUInt16BE(1, 4);
  head.writeUInt16BE(addresses.length, 6);
  head.writeUInt32BE(0, 8);
  const records = addresses.map((address) =>
    Buffer.from([0xc0, HEADER, 0, A, 0, IN, 0, 0, 0, 0, 0, 4, ...address.split('.').map(Number)]),
  );
  return Buffer.concat([head, ...records]);
}
