import { OWN_HOSTS } from '../../doors.ts';
import { CERTIFICATES_PATH } from '../../jail-paths.ts';
import otherTypes from 'mime/types/other.js';
import standardTypes from 'mime/types/standard.js';

/** Ports of well-known services, each for TCP and UDP, with their aliases. */
const services: readonly (readonly [names: string, port: number])[] = [
  ...([
    ['echo', 7],
    ['discard', 9],
    ['daytime', 13],
    ['ftp-data', 20],
    ['ftp', 21],
    ['ssh', 22],
    ['telnet', 23],
    ['smtp mail', 25],
    ['time', 37],
    ['whois', 43],
    ['domain', 53],
    ['bootps', 67],
    ['bootpc', 68],
    ['tftp', 69],
    ['gopher', 70],
    ['finger', 79],
    ['http www', 80],
    ['kerberos', 88],
    ['pop3 pop-3', 110],
    ['sunrpc portmapper', 111],
    ['nntp', 119],
    ['ntp', 123],
    ['imap2 imap', 143],
    ['snmp', 161],
    ['snmp-trap snmptrap', 162],
    ['bgp', 179],
    ['irc', 194],
  ] as const),
  ...([
    ['ldap', 389],
    ['https', 443],
    ['submissions ssmtp smtps', 465],
    ['syslog', 514],
    ['printer', 515],
    ['submission', 587],
    ['ipp', 631],
    ['ldaps', 636],
    ['domain-s', 853],
    ['rsync', 873],
    ['ftps', 990],
    ['imaps', 993],
    ['pop3s', 995],
    ['socks', 1080],
    ['ms-sql-s', 1433],
    ['mqtt', 1883],
    ['nfs', 2049],
    ['git', 9418],
    ['mysql', 3306],
    ['ms-wbt-server', 3389],
    ['postgresql postgres', 5432],
    ['amqp', 5672],
    ['redis', 6379],
    ['http-alt webcache', 8080],
    ['mqtts secure-mqtt', 8883],
  ] as const),
];

const protocols: readonly (readonly [name: string, number: number])[] = [
  ['ip', 0],
  ['icmp', 1],
  ['tcp', 6],
  ['udp', 17],
  ['ipv6', 41],
  ['ipv6-icmp', 58],
  ['sctp', 132],
];

const writeServices = (): string =>
  services
    .flatMap(([names, port]) => {
      const [name = '', ...aliases] = names.split(' ');
      return ['tcp', 'udp'].map((protocol) => [name, `${port}/${protocol}`, ...aliases].join('\t'));
    })
    .join('\n');

const writeProtocols = (): string =>
  protocols.map(([name, number]) => `${name}\t${number}\t${name.toUpperCase()}`).join('\n');

/** A star marks an extension of which another type is the usual one. */
const writeTypes = (): string =>
  [...Object.entries(otherTypes), ...Object.entries(standardTypes)]
    .map(([type, extensions]) => [type, ...extensions.filter((one) => !one.startsWith('*'))])
    .filter(({ length }) => length > 1)
    .map((words) => words.join('\t'))
    .join('\n');

/** Text files of a root image, all below /etc: the user, and names that programs look up. */
export const textFiles: Readonly<Record<string, string>> = {
  'etc/passwd':
    'jail:x:65534:65534:jail:/work:/bin/sh\nroot:x:0:0:root:/:/bin/sh\nnobody:x:65534:65534:nobody:/:/bin/sh\n',
  'etc/group': 'jail:x:65534:\nroot:x:0:\ntty:x:5:\nnogroup:x:65534:\n',
  // A link at /etc/hosts leads here: a jail with a network mounts a folder of its own.
  'etc/names/hosts': OWN_HOSTS,
  // Those of the host are mounted over it in a jail with a network.
  [CERTIFICATES_PATH.slice(1)]: '',
  'etc/services': `${writeServices()}\n`,
  'etc/protocols': `${writeProtocols()}\n`,
  'etc/mime.types': `${writeTypes()}\n`,
};
