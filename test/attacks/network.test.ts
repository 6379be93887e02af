import { createSocket, type Socket } from 'node:dgram';
import { createServer, type Server } from 'node:net';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { describeInJail } from '../support/attack.ts';

const connect =
  'def connect(family, kind, address):\n    with socket.socket(family, kind) as client:\n        client.settimeout(3)\n        client.connect(address)\n';
/** What an address answers that no route leads to, or nobody listens on. */
const unreachable = ['ENETUNREACH', 'ECONNREFUSED', 'EADDRNOTAVAIL', 'EHOSTUNREACH', 'EACCES'];

const families: readonly [why: string, family: number, kind: number][] = [
  ['AF_VSOCK, which a network namespace does not confine', 40, 1],
  ['AF_NETLINK: routes, interfaces, netfilter', 16, 3],
  ['AF_PACKET: raw frames', 17, 3],
  ["AF_ALG: the kernel's ciphers", 38, 5],
  ['AF_KEY', 15, 3],
  ['AF_BLUETOOTH', 31, 3],
  ['AF_CAN', 29, 3],
  ['AF_TIPC', 30, 5],
  ['AF_RDS', 21, 5],
  ['AF_XDP', 44, 3],
  ['AF_QIPCRTR', 42, 2],
  ['AF_SMC', 43, 1],
];

describeInJail('network', (arena) => {
  const heard: string[] = [];
  let server: Server;
  let datagrams: Socket;
  let abstract: Server;
  let port = 0;
  let udpPort = 0;
  const abstractName = `target-${process.pid}`;

  beforeAll(async () => {
    server = createServer((socket) => socket.destroy()).on('connection', () => heard.push('tcp'));
    await new Promise<void>((resolve) => server.listen(0, '0.0.0.0', resolve));
    port = (server.address() as { port: number }).port;
    datagrams = createSocket('udp4').on('message', () => heard.push('udp'));
    await new Promise<void>((resolve) => datagrams.bind(0, resolve));
    udpPort = datagrams.address().port;
    abstract = createServer((socket) => socket.destroy()).on('connection', () => heard.push('abstract'));
    await new Promise<void>((resolve) => abstract.listen(`\0${abstractName}`, resolve));
  });
  afterAll(() => {
    server.close();
    datagrams.close();
    abstract.close();
    expect(heard, 'what reached the host').toEqual([]);
  });

  it('a port of the host on its loopback: refused, the loopback is another one', async () => {
    const answer = await arena.attack(
      `${connect}\nreturn attempt(connect, socket.AF_INET, socket.SOCK_STREAM, ('127.0.0.1', args[0]))`,
      { args: [port] },
    );
    expect(answer).toBe('ECONNREFUSED');
  });

  it('datagrams to a socket of the host do not arrive', async () => {
    const lines = `
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
return [attempt(s.sendto, b'x', (a, args[0])) for a in ('127.0.0.1', '10.0.0.1', '255.255.255.255')]`;
    const [local, ...outside] = (await arena.attack(lines, { args: [udpPort] })) as string[];
    expect(local).toBe('ok');
    for (const answer of outside) expect(unreachable).toContain(answer);
    expect(heard).toEqual([]);
  });

  it.each([
    ['the metadata service of clouds', 'AF_INET', "('169.254.169.254', 80)"],
    ['a private network', 'AF_INET', "('10.0.0.1', 22)"],
    ["Docker's bridge", 'AF_INET', "('172.17.0.1', 80)"],
    ['the internet', 'AF_INET', "('1.1.1.1', 443)"],
    ['the internet by IPv6', 'AF_INET6', "('2606:4700:4700::1111', 443)"],
    ['the metadata service by IPv6', 'AF_INET6', "('fd00:ec2::254', 80)"],
    ["the host's IPv6 loopback", 'AF_INET6', "('::1', 1)"],
  ])('%s is refused at once: no route leads out', async (_why, family, address) => {
    const body = await arena.run(
      `import socket\ndef main():\n    with socket.socket(socket.${family}) as client:\n        client.settimeout(8)\n        try:\n            client.connect(${address})\n        except TimeoutError:\n            return 'timed out'\n        except OSError as error:\n            import errno\n            return errno.errorcode[error.errno]\n        return 'connected'`,
    );
    expect(unreachable).toContain(body.result);
    expect(body.execution.duration_ms).toBeLessThan(5000);
  });

  it('names are not resolved: no resolver answers, and soon', async () => {
    const body = await arena.run(
      "import socket\ndef main():\n    try:\n        return socket.getaddrinfo('example.org', 80)[0][4]\n    except socket.gaierror as error:\n        return 'gaierror'",
    );
    expect(body.result).toBe('gaierror');
  });

  it.each(families)('%s is refused', async (_why, family, kind) => {
    expect(await arena.attack(`return attempt(socket.socket, ${family}, ${kind})`)).toBe('EAFNOSUPPORT');
  });

  it('raw sockets are refused: there is no capability', async () => {
    const lines =
      'return [attempt(socket.socket, f, socket.SOCK_RAW, p) for f, p in ((2, 1), (2, 255), (10, 58))]';
    for (const answer of (await arena.attack(lines)) as string[])
      expect(['EPERM', 'EACCES']).toContain(answer);
  });

  it('an abstract unix socket of the host is refused: its namespace is another one', async () => {
    const lines = `${connect}\nreturn attempt(connect, socket.AF_UNIX, socket.SOCK_STREAM, '\\0' + args[0])`;
    expect(await arena.attack(lines, { args: [abstractName] })).toBe('ECONNREFUSED');
  });

  it('unix sockets of the host (Docker, systemd, the session bus) are not there', async () => {
    const lines =
      "return [p for p in ('/var/run/docker.sock', '/run/docker.sock', '/run/systemd/notify', '/run/dbus/system_bus_socket', '/tmp/.X11-unix') if os.path.exists(p)]";
    expect(await arena.attack(lines)).toEqual([]);
  });

  it('an abstract unix socket of another jail is refused while both run', async () => {
    const name = `jail-${process.pid}`;
    const serve = `
import time
s = socket.socket(socket.AF_UNIX); s.bind('\\0' + args[0]); s.listen(); s.settimeout(2)
try:
    s.accept(); return 'reached'
except TimeoutError:
    return 'alone'`;
    const reach = `
import time
${connect}
for _ in range(12):
    answer = attempt(connect, socket.AF_UNIX, socket.SOCK_STREAM, '\\0' + args[0])
    if answer == 'ok': return answer
    time.sleep(0.1)
return answer`;
    const [served, reached] = await Promise.all([
      arena.attack(serve, { args: [name] }),
      arena.attack(reach, { args: [name] }),
    ]);
    expect([served, reached]).toEqual(['alone', 'ECONNREFUSED']);
  });

  it('a server and its client within one script work: the loopback is up', async () => {
    const lines = `
import threading
s = socket.create_server(('127.0.0.1', 0))
def answer():
    c, _ = s.accept(); c.sendall(c.recv(9).upper()); c.close()
threading.Thread(target=answer).start()
c = socket.create_connection(s.getsockname()); c.sendall(b'hello')
return c.recv(9).decode()`;
    expect(await arena.attack(lines)).toBe('HELLO');
  });

  it('privileged ports and binding to addresses of the host are refused', async () => {
    const lines = `
def bind(address):
    with socket.socket() as s:
        s.bind(address)
return [attempt(bind, ('127.0.0.1', 80)), attempt(bind, ('10.0.0.1', 8080))]`;
    expect(await arena.attack(lines)).toEqual(['EACCES', 'EADDRNOTAVAIL']);
  });

  it('network interfaces: the loopback alone', async () => {
    const lines = `
def interface(index):
    try:
        return socket.if_indextoname(index)
    except OSError:
        return None
return [i for i in map(interface, range(1, 100)) if i]`;
    expect(await arena.attack(lines)).toEqual(['lo']);
  });
});
