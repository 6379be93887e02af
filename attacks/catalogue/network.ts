import type { Answer, Attack, Complaint } from '../attack.ts';
import { both, lastsAtMost, returns, returnsOnly } from '../expectations.ts';
import { lines, script } from '../python.ts';
import { programs } from './programs.ts';

const connect =
  'def connect(family, kind, address):\n    with socket.socket(family, kind) as client:\n        client.settimeout(3)\n        client.connect(address)\n';
/** Errors of an address without a route or without a listener. */
const unreachable = ['ENETUNREACH', 'ECONNREFUSED', 'EADDRNOTAVAIL', 'EHOSTUNREACH', 'EACCES'];

const families: readonly [title: string, family: number, kind: number][] = [
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

const outside: readonly [title: string, family: string, address: string][] = [
  ['the metadata service of clouds', 'AF_INET', "('169.254.169.254', 80)"],
  ['a private network', 'AF_INET', "('10.0.0.1', 22)"],
  ["Docker's bridge", 'AF_INET', "('172.17.0.1', 80)"],
  ['the internet', 'AF_INET', "('1.1.1.1', 443)"],
  ['the internet by IPv6', 'AF_INET6', "('2606:4700:4700::1111', 443)"],
  ['the metadata service by IPv6', 'AF_INET6', "('fd00:ec2::254', 80)"],
  ["the host's IPv6 loopback", 'AF_INET6', "('::1', 1)"],
];

const reach = (family: string, address: string): string =>
  `import errno, socket\ndef main():\n    with socket.socket(socket.${family}) as client:\n        client.settimeout(8)\n        try:\n            client.connect(${address})\n        except TimeoutError:\n            return 'timed out'\n        except OSError as error:\n            return errno.errorcode[error.errno]\n        return 'connected'`;

const resolve =
  "import socket\ndef main():\n    try:\n        return socket.getaddrinfo('example.org', 80)[0][4]\n    except socket.gaierror as error:\n        return 'gaierror'";

const sockets =
  "return [p for p in ('/var/run/docker.sock', '/run/docker.sock', '/run/systemd/notify', '/run/dbus/system_bus_socket', '/tmp/.X11-unix') if os.path.exists(p)]";

const interfaces = `
def interface(index):
    try:
        return socket.if_indextoname(index)
    except OSError:
        return None
return [i for i in map(interface, range(1, 100)) if i]`;

const datagrams = `
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
return [attempt(s.sendto, b'x', (a, args[0])) for a in ('127.0.0.1', '10.0.0.1', '255.255.255.255')]`;

const bind = `
def bind(address):
    with socket.socket() as s:
        s.bind(address)
return [attempt(bind, ('127.0.0.1', 80)), attempt(bind, ('10.0.0.1', 8080))]`;

/** The loopback takes one, and it is the jail's own: whether one arrived at the host's is seen there. */
function goNowhere({ body }: Answer): Complaint {
  const [local, ...others] = Array.isArray(body.result) ? (body.result as unknown[]) : [];
  return local === 'ok' && others.length === 2 && others.every((one) => unreachable.includes(String(one)))
    ? undefined
    : `answered ${JSON.stringify(body.result ?? body.error)}`;
}

export const network: readonly Attack[] = [
  lines(
    'a port of the host on its loopback',
    `${connect}\nreturn attempt(connect, socket.AF_INET, socket.SOCK_STREAM, ('127.0.0.1', args[0]))`,
    returns('ECONNREFUSED'),
    { needs: ['same host'], fields: ({ tcpPort }) => ({ args: [tcpPort] }) },
  ),
  lines('datagrams to a socket of the host', datagrams, goNowhere, {
    needs: ['same host'],
    leavesMachine: true,
    fields: ({ udpPort }) => ({ args: [udpPort] }),
  }),
  lines(
    'an abstract unix socket of the host',
    `${connect}\nreturn attempt(connect, socket.AF_UNIX, socket.SOCK_STREAM, '\\0' + args[0])`,
    returns('ECONNREFUSED'),
    { needs: ['same host'], fields: ({ abstractName }) => ({ args: [abstractName] }) },
  ),
  ...outside.map(([title, family, address]) =>
    script(title, reach(family, address), both(returns(...unreachable), lastsAtMost(5000)), {
      leavesMachine: true,
    }),
  ),
  script('names: a resolver that answers', resolve, returns('gaierror'), { leavesMachine: true }),
  ...families.map(([title, family, kind]) =>
    lines(title, `return attempt(socket.socket, ${family}, ${kind})`, returns('EAFNOSUPPORT')),
  ),
  lines(
    'raw sockets',
    'return [attempt(socket.socket, f, socket.SOCK_RAW, p) for f, p in ((2, 1), (2, 255), (10, 58))]',
    returnsOnly('EPERM', 'EACCES'),
  ),
  lines('unix sockets of the host (Docker, systemd, the session bus)', sockets, returns([])),
  lines('privileged ports, and addresses of the host', bind, returns(['EACCES', 'EADDRNOTAVAIL'])),
  lines('interfaces beside the loopback', interfaces, returns(['lo'])),
  lines(
    'another network namespace by its file',
    "return [os.path.exists('/run/netns'), os.path.exists('/var/run/netns'), os.path.exists('/proc/net/dev') and len(open('/proc/net/dev').readlines())]",
    returns([false, false, false], [false, false, 3]),
  ),
  ...programs('connecting outside, and to the host', 'network'),
];
