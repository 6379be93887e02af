import { existsSync } from 'node:fs';
import { basename, join } from 'node:path';
import { ask, choose, findOnPath, inHome } from './find-tool.ts';
import { PROGRAM_PATH } from '../sandbox/jail-paths.ts';
import {
  compileLimits,
  MOST_PROGRAM_BYTES,
  ToolchainMissing,
  type CompilerRun,
  type Runtime,
} from './runtime.ts';
import { CARGO_PATH, selectRustSources } from './rust-sources.ts';

const missing = new ToolchainMissing(
  'There is no Rust toolchain, 1.85 or later, with its own linker.',
  'Install Rust with rustup, or name its rustc program in BRIG_RUST.',
);
const missingStartFiles = new ToolchainMissing(
  'Rust lacks the start files of the C library.',
  'Install the development files of the C library (Debian, Ubuntu: libc6-dev).',
);

const RUST = '/opt/rust';
const LINK = '/opt/link';
const TARGET = 'x86_64-unknown-linux-gnu';
const TARGET_LIBRARIES = join('lib', 'rustlib', TARGET);

/** Libraries that std asks a linker for (`-lc` and so on), by their file names in the C library's packages. */
const linked = ['c.so.6', 'm.so.6', 'gcc_s.so.1', 'dl.so.2', 'rt.so.1', 'pthread.so.0', 'util.so.1'];
const libraryFolders = ['/usr/lib/x86_64-linux-gnu', '/usr/lib64', '/usr/lib', '/lib/x86_64-linux-gnu'];
const startFiles = ['Scrt1.o', 'libc_nonshared.a'];

/** Sanitizer runtimes, which no script links. */
const UNUSED = String.raw`^librustc-.*\.a$|\.sanitizers?$`;

/** Options that decide what a program does; those of the linker come besides. */
const flags = [
  ...['--edition', '2024'],
  ...['-C', 'opt-level=2', '-C', 'overflow-checks=on', '-C', 'strip=debuginfo'],
];

/** Rust: compiles the source in one jail, with std and without crates, and runs the program in another. */
export const rust: Runtime = {
  name: 'rust',
  kind: 'native',
  needsEpoll: false,
  fileNames: [CARGO_PATH],
  extensions: ['.rs'],
  command: 'the compiled program',
  find: async (paths) => {
    const file = choose(paths.rust, () => findOnPath('rustc', inHome('.cargo', 'bin')), missing);
    const version = await ask(file, ['--version'], /^rustc (1\.(?:8[5-9]|9\d|\d{3,})\.\d+)/, missing);
    const root = await ask(file, ['--print', 'sysroot'], /^(\/\S+)$/m, missing);
    return { version, compiler: { name: `rust-${version}`, ...describeParts(root) } };
  },
  plan: () => ({ command: [PROGRAM_PATH], env: {} }),
  compilation: {
    command: `rustc ${flags.join(' ')} ${CARGO_PATH}`,
    limits: compileLimits,
    plan: (sources) => {
      const { scriptPath, files } = selectRustSources(sources);
      return { program: planRustc(scriptPath), files };
    },
  },
};

const planRustc = (scriptPath: string): CompilerRun['program'] => ({
  command: [
    join(RUST, 'bin', 'rustc'),
    ...flags,
    // Calls the linker that comes with Rust directly, so the jail needs no C compiler.
    ...['-C', 'linker=rust-lld', '-C', 'linker-flavor=ld.lld'],
    ...['-C', `link-args=${startFiles.map((name) => join(LINK, name)).join(' ')} -L${LINK}`],
    ...['-C', 'link-args=-pie --eh-frame-hdr -dynamic-linker /lib64/ld-linux-x86-64.so.2'],
    ...['-o', '/tmp/program', scriptPath],
  ],
  scriptPath,
  env: {},
  product: { path: '/tmp/program', mostBytes: MOST_PROGRAM_BYTES },
});

/** @throws ToolchainMissing when a part is missing. */
function describeParts(root: string) {
  const parts = [
    join('bin', 'rustc'),
    join(TARGET_LIBRARIES, 'lib'),
    join(TARGET_LIBRARIES, 'bin', 'rust-lld'),
  ];
  if (!parts.every((part) => existsSync(join(root, part)))) throw missing;
  const libraries = linked.map((name) => findLibrary(`lib${name}`));
  return {
    copies: [
      ...parts.map((part) => ({ from: join(root, part), to: join(RUST, part), without: UNUSED })),
      { from: join(root, 'lib'), to: join(RUST, 'lib'), without: '^rustlib$' },
      ...startFiles.map((name) => ({ from: findLibrary(name), to: join(LINK, name) })),
      ...libraries.map((from) => ({ from, to: inImage(from) })),
    ],
    programs: [join(root, 'bin', 'rustc')],
    links: Object.fromEntries(libraries.map((from) => [join(LINK, nameToLink(from)), inImage(from)])),
  };
}

/** The linker looks for a library without its version. */
function nameToLink(file: string): string {
  const name = basename(file);
  const end = name.indexOf('.so');
  return end < 0 ? name : `${name.slice(0, end)}.so`;
}

function findLibrary(name: string): string {
  const found = libraryFolders.map((folder) => join(folder, name)).find((file) => existsSync(file));
  if (found === undefined) throw missingStartFiles;
  return found;
}

/** Maps /lib to /usr/lib, because /lib is a link in the image. */
const inImage = (file: string): string => (file.startsWith('/usr/') ? file : `/usr${file}`);
