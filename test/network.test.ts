import { once } from 'node:events';
import { createServer as createWeb } from 'node:http';
import { createServer, type AddressInfo, type Server } from 'node:net';
import { readdirSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startDns, type DnsServer } from './support/dns-server.ts';
import { readBlocks } from './support/markdown.ts';
import { isRunning, readCommand, readParent } from './support/host-state.ts';
import { expectExchange, findExchanges } from './support/pages.ts';
import { startService, type AnswerBody, type TestService } from './support/service.ts';
import { until } from './support/serve.ts';

interface Report {
  readonly doors: readonly {
    door: string;
    connections: number;
    bytes_sent: number;
    bytes_received: number;
  }[];
  readonly refusals: readonly { target: string; reason: string; address?: string; count: number }[];
}

let port: number;
let echo: number;
let held: number;
/** Ends of the connections to a server that says nothing. */
const holding: Promise<unknown>[] = [];
let dns: DnsServer;
let service: TestService;
const servers: Server[] = [];
/** Addresses of names, by how often each was asked for. */
const zone = new Map<string, (nth: number) => readonly string[]>();

async function listen(server: Server): Promise<number> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  servers.push(server);
  return (server.address() as AddressInfo).port;
}

beforeAll(async () => {
  dns = await startDns((name, nth) => zone.get(name)?.(nth));
  port = await listen(
    createWeb(({ url }, response) => {
      if (url === '/away') response.writeHead(302, { location: `http://private.test:${port}/` }).end();
      else response.end('hello');
    }),
  );
  echo = await listen(
    createServer((socket) => {
      socket.on('error', () => undefined);
      socket.pipe(socket);
    }),
  );
  held = await listen(
    createServer((socket) => {
      socket.on('error', () => undefined);
      holding.push(once(socket, 'close'));
      socket.resume();
    }),
  );
  const names = ['web.test', 'rebound.test', 'private.test', 'metadata.test'];
  service = await startService({
    BRIG_NETWORK: [
      ...[
        `127.0.0.1:${port}`,
        `127.0.0.1:${echo}`,
        `127.0.0.1:${held}`,
        `*.pattern.test:${port}`,
        `db.test:${echo}`,
      ],
      ...names.map((name) => `${name}:${port}`),
    ].join(','),
    BRIG_NETWORK_DNS: dns.address,
    BRIG_NETWORK_AT_ONCE: '4',
    BRIG_NETWORK_CONNECTIONS: '40',
    BRIG_NETWORK_MB: '8',
  });
  for (const name of ['web.test', 'db.test', 'a.pattern.test']) zone.set(name, () => ['127.0.0.1']);
  zone.set('private.test', () => ['10.0.0.1', '192.168.0.1']);
  zone.set('metadata.test', () => ['169.254.169.254']);
});
afterAll(async () => {
  await service.close();
  await dns[Symbol.asyncDispose]();
  for (const server of servers) server.close();
});

interface Answered extends Omit<AnswerBody, 'execution'> {
  readonly execution: AnswerBody['execution'] & { readonly network?: Report };
}

async function run(script: string, allow: readonly string[] | boolean, more: object = {}): Promise<Answered> {
  const network = typeof allow === 'boolean' ? allow : { allow };
  const { body } = await service.execute({ script, network, ...more });
  return body;
}

/** Returns the one child of a process with a word in its command. */
function findChild(parent: number, word: string): number {
  const found = readdirSync('/proc')
    .map(Number)
    .find((pid) => pid > 0 && readParent(pid) === parent && readCommand(pid).includes(word));
  if (found === undefined) throw new Error(`no child of ${parent} is ${word}`);
  return found;
}

/** A script that tries to connect to addresses, and tells how each attempt ends. */
const reach = (targets: readonly (readonly [string, number])[]): string => `
import errno, socket

def attempt(host, port):
    try:
        with socket.create_connection((host, port), 1) as connection:
            connection.sendall(b"GET / HTTP/1.0\\r\\n\\r\\n")
            return connection.recv(12).decode() or "closed"
    except OSError as error:
        return errno.errorcode.get(error.errno, str(error))

def main():
    return [attempt(host, port) for host, port in ${JSON.stringify(targets)}]
`;

describe('a script without a network', () => {
  it('has none, where others may have one', async () => {
    const { result, execution } = await run(reach([['127.0.0.1', port]]), false);
    expect([result, execution.network]).toEqual([['ECONNREFUSED'], undefined]);
    const resolved = await run('import socket\ndef main(): return socket.gethostbyname("localhost")', false);
    expect(resolved.result).toBe('127.0.0.1');
    const named = await run('import socket\ndef main(): return socket.gethostbyname("web.test")', false);
    expect(named.suggestions).toContain(
      'Ask for the hosts that the script reaches, as "network": {"allow": ["api.example.com:443"]}',
    );
  });
});

describe('a script with doors', () => {
  it('reaches what it asked for, by name and by address', async () => {
    const allow = [`web.test:${port}`, `127.0.0.1:${port}`];
    const { result, execution } = await run(
      reach([
        ['web.test', port],
        ['127.0.0.1', port],
      ]),
      allow,
    );
    expect(result).toEqual(['HTTP/1.1 200', 'HTTP/1.1 200']);
    expect(execution.network).toMatchObject({
      doors: allow.map((door) => ({ door, connections: 1, bytes_sent: 18 })),
      refusals: [],
    });
  });

  it('reaches no other address, port, family or name', async () => {
    const own = ['127.0.1.2', '127.0.1.1', '127.0.0.1', '::1'].flatMap((host) =>
      [22, 53, 3128, echo].map((other) => [host, other] as const),
    );
    const { result } = await run(
      `${reach([
        ...own,
        ...(['192.0.2.1', '10.0.0.1', '169.254.169.254', '1.1.1.1', '2001:db8::1'] as const).map(
          (host) => [host, port] as const,
        ),
        ['db.test', port],
        ['web.test.', port],
      ])}
def udp():
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as s:
        s.connect(("127.0.1.2", ${port})); s.send(b"x"); s.settimeout(0.3)
        try: return s.recv(1).decode()
        except OSError as error: return errno.errorcode.get(error.errno, "timeout")
def raw():
    try: return socket.socket(socket.AF_INET, socket.SOCK_RAW, 1).fileno()
    except OSError as error: return errno.errorcode[error.errno]
first = main
def main(): return [first(), udp(), raw()]`,
      [`web.test:${port}`],
    );
    const [connections, udp, raw] = result as [string[], string, string];
    expect([udp, raw]).toEqual(['ECONNREFUSED', 'EPERM']);
    expect(new Set(connections.slice(0, own.length))).toEqual(new Set(['ECONNREFUSED']));
    for (const ended of connections.slice(own.length, -1))
      expect(ended).toMatch(/^ENETUNREACH$|EAI|-\d|name/i);
  });

  it('cannot be reached, nor shares its doors with another jail', async () => {
    const waiting = `import socket, time\ndef main():\n    s = socket.create_connection(("web.test", ${port}))\n    time.sleep(1.5)`;
    const [, other] = await Promise.all([
      run(waiting, [`web.test:${port}`]),
      run(
        reach([
          ['127.0.1.2', port],
          ['web.test', port],
          ['127.0.0.1', echo],
        ]),
        [`127.0.0.1:${echo}`],
      ),
    ]);
    expect(other.result).toEqual(['ECONNREFUSED', expect.stringMatching(/EAI|-\d|name/i), 'GET / HTTP/1']);
  });

  it('uses the proxy for a pattern, which refuses all else with a sentence', async () => {
    const script = `import urllib.request as u
def get(url):
    try: return u.urlopen(url, timeout=3).read().decode()
    except Exception as error: return str(error)
def main(): return [get("http://a.pattern.test:${port}/"), get("http://web.test:${port}/"), get("http://127.0.0.2:${port}/")]`;
    const { result, execution } = await run(script, [`*.pattern.test:${port}`]);
    const refused = expect.stringContaining('403: The script may not reach this host and port');
    expect(result).toEqual(['hello', refused, refused]);
    expect(execution.network?.refusals.map(({ target, reason }) => [target, reason])).toEqual([
      [`web.test:${port}`, 'not_allowed'],
      [`127.0.0.2:${port}`, 'not_allowed'],
    ]);
  });

  it('is told what was refused', async () => {
    const body = await run(
      `import urllib.request as u\ndef main(): return u.urlopen("http://private.test:${port}/").read()`,
      [`private.test:${port}`],
    );
    expect(body.success).toBe(false);
    expect(body.suggestions?.[0]).toBe(
      `private.test:${port} has an address that no script reaches (private), unless the operator names that very address`,
    );
    const over = await service.execute({ script: 'def main(): ...', network: { allow: ['x.example:1'] } });
    expect([over.status, over.body.error]).toEqual([403, 'forbidden']);
  });

  it('has its own variables, and the certificates of the host', async () => {
    const script =
      'import os\ndef main(): return {k: v for k, v in os.environ.items() if "PROXY" in k.upper() or "SSL" in k}';
    const env = { HTTP_PROXY: 'http://mine.test:1' };
    const { result } = await run(script, [`*.pattern.test:${port}`], { env });
    expect(result).toMatchObject({ HTTP_PROXY: 'http://mine.test:1', https_proxy: 'http://127.0.1.1:3128' });
    const trusted = await run(
      'import ssl\ndef main(): return len(ssl.create_default_context().get_ca_certs()) > 0',
      true,
    );
    expect(trusted.result).toBe(true);
  });
});

describe('attacks on the judgement', () => {
  it('find no way by a name that changes its address', async () => {
    zone.set('rebound.test', (nth) => [nth % 2 === 1 ? '127.0.0.1' : '10.0.0.1']);
    const targets = Array.from({ length: 4 }, () => ['rebound.test', port] as const);
    const { result, execution } = await run(reach(targets), [`rebound.test:${port}`]);
    expect(result).toEqual([
      'HTTP/1.1 200',
      expect.not.stringContaining('HTTP'),
      'HTTP/1.1 200',
      expect.not.stringContaining('HTTP'),
    ]);
    // One question for each connection: what was judged is what was connected to.
    expect(dns.asked.filter((name) => name === 'rebound.test')).toHaveLength(4);
    expect(execution.network?.refusals).toMatchObject([
      { reason: 'address_refused', address: 'private', count: 2 },
    ]);
  });

  it('find none by a redirect, nor to metadata of a cloud', async () => {
    const script = `import urllib.request as u
def get(url):
    try: return u.urlopen(url, timeout=3).read().decode()
    except Exception as error: return type(error).__name__
def main(): return [get("http://web.test:${port}/away"), get("http://metadata.test:${port}/")]`;
    const { result, execution } = await run(
      script,
      ['web.test', 'private.test', 'metadata.test'].map((name) => `${name}:${port}`),
    );
    for (const one of result as string[]) expect(one).toMatch(/Error|Disconnected/);
    expect(execution.network?.refusals.map(({ address }) => address)).toEqual(['private', 'link_local']);
  });

  it('cost their script alone, when they flood', async () => {
    const flood = `import socket, threading
def shout(seen):
    try:
        with socket.create_connection(("db.test", ${echo})) as s:
            while True:
                s.sendall(bytes(65536)); s.recv(1 << 20)
    except OSError as error: seen.append(type(error).__name__)
def main():
    seen = []
    threads = [threading.Thread(target=shout, args=(seen,)) for _ in range(60)]
    [t.start() for t in threads]; [t.join() for t in threads]
    return len(seen)`;
    const [loud, quiet] = await Promise.all([
      run(flood, [`db.test:${echo}`], { limits: { processes: 100, timeout: 20 } }),
      run(reach([['web.test', port]]), [`web.test:${port}`]),
    ]);
    expect(loud.result).toBe(60);
    expect(quiet.result).toEqual(['HTTP/1.1 200']);
    const reasons = loud.execution.network?.refusals.map(({ reason }) => reason);
    expect(reasons).toEqual(expect.arrayContaining(['too_many_at_once']));
    const [door] = loud.execution.network?.doors ?? [];
    expect(door?.bytes_sent).toBeLessThan(9 << 20);
    expect(door?.connections).toBeLessThanOrEqual(40);
  });

  it('end with their script: a timeout closes its connections', async () => {
    const script = `import socket, time\ndef main():\n    s = socket.create_connection(("127.0.0.1", ${held}))\n    time.sleep(60)`;
    const { error } = await run(script, [`127.0.0.1:${held}`], { limits: { timeout: 0.7 } });
    expect([error, holding.length]).toEqual(['timeout', 1]);
    await holding[0];
  });

  it('find the doorkeeper again after it was killed, and lose their execution', async () => {
    const before = dns.asked.length;
    const waiting = run(
      `import socket, time\ndef main():\n    s = socket.create_connection(("web.test", ${port}))\n    print("up", flush=True)\n    time.sleep(20)`,
      [`web.test:${port}`],
    );
    await until(() => dns.asked.length > before);
    const keeper = findChild(process.pid, 'keeper/main');
    process.kill(keeper, 'SIGKILL');
    expect(await waiting).toMatchObject({ success: false, error: 'sandbox_unavailable' });
    await until(() => !isRunning(keeper));
    expect((await run(reach([['web.test', port]]), [`web.test:${port}`])).result).toEqual(['HTTP/1.1 200']);
  });
});

const hello = (): Promise<Answered> => run(reach([['web.test', port]]), [`web.test:${port}`]);

describe('a helper of the network that is stopped', () => {
  it('holds no execution for ever: a doorkeeper is replaced', async () => {
    await hello();
    const keeper = findChild(process.pid, 'keeper/main');
    const asked = dns.asked.length;
    const waiting = run(
      `import socket, time\ndef main():\n    socket.create_connection(("web.test", ${port}))\n    time.sleep(1)`,
      [`web.test:${port}`],
    );
    await until(() => dns.asked.length > asked);
    process.kill(keeper, 'SIGSTOP');
    expect(await waiting).toMatchObject({ success: false, error: 'sandbox_unavailable' });
    await until(() => !isRunning(keeper));
    expect((await hello()).result).toEqual(['HTTP/1.1 200']);
  });

  it('keeps doors closed no longer: an opener is replaced', async () => {
    await hello();
    const opener = findChild(findChild(process.pid, 'keeper/main'), 'opener.py');
    process.kill(opener, 'SIGSTOP');
    expect(await hello()).toMatchObject({ success: false, error: 'sandbox_unavailable' });
    await until(() => !isRunning(opener));
    const again = await hello();
    expect(again.result, JSON.stringify(again)).toEqual(['HTTP/1.1 200']);
  });
});

describe('the page of the network', () => {
  it('shows what is answered', async () => {
    const own = await startService({ BRIG_NETWORK: `127.0.0.1:${port}`, BRIG_MAX_WARM_JAILS: '0' });
    try {
      for (const exchange of findExchanges(readBlocks('docs/network.md')))
        await expectExchange(
          {
            ...exchange,
            command: exchange.command.replaceAll('127.0.0.1:8000', `127.0.0.1:${port}`),
            answer: exchange.answer.replaceAll('127.0.0.1:8000', `127.0.0.1:${port}`),
          },
          own.url,
        );
    } finally {
      await own.close();
    }
  });
});
