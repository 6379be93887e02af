import { dirname, join } from 'node:path';
import type { InputFile } from '../core/contract/request.ts';
import { ask, choose, findOnPath } from './find-tool.ts';
import { PROGRAM_PATH } from '../sandbox/jail-paths.ts';
import { selectGoSources } from './go-sources.ts';
import {
  compileLimits,
  MOST_PROGRAM_BYTES,
  ToolchainMissing,
  type CompilerRun,
  type Runtime,
} from './runtime.ts';

const missing = new ToolchainMissing(
  'There is no Go toolchain, 1.22 or later.',
  'Install Go from your distribution or from go.dev, or name its go program in BRIG_GO.',
);
const GOROOT = '/usr/local/go';
const GOCACHE = '/opt/gocache';

/** Turns off the network, the host's own settings, and the search for a C compiler. */
const goEnv = {
  GOFLAGS: '',
  GOPROXY: 'off',
  GOSUMDB: 'off',
  GOTOOLCHAIN: 'local',
  GOENV: 'off',
  GOTELEMETRY: 'off',
  GOWORK: 'off',
  CGO_ENABLED: '0',
  GOPATH: '/tmp/go',
  GO111MODULE: 'on',
} as const;

/** Tests and their data. */
const UNUSED = String.raw`_test\.go$|^testdata$`;

const SCRIPT = 'main.go';
const flags = ['-trimpath', '-buildvcs=false', '-ldflags=-s -w'];

/** Go: compiles the source in one jail and runs the program in another. */
export const go: Runtime = {
  name: 'go',
  kind: 'native',
  needsEpoll: true,
  fileNames: ['main.go'],
  extensions: ['.go'],
  command: 'the compiled program',
  find: async (paths) => {
    const file = choose(paths.go, () => findOnPath('go', '/usr/local/go/bin', '/usr/lib/go/bin'), missing);
    const version = await ask(file, ['env', 'GOVERSION'], /^go(1\.(?:2[2-9]|[3-9]\d)\S*)/, missing);
    const root = await ask(file, ['env', 'GOROOT'], /^(\/\S+)$/m, missing);
    const tools = join('pkg', 'tool', 'linux_amd64');
    const needed = ['bin/go', 'pkg/include', 'src', 'lib/time', 'go.env', 'VERSION'];
    const parts = [...needed, ...['compile', 'link', 'asm'].map((tool) => join(tools, tool))];
    return {
      version,
      compiler: {
        name: `go-${version}`,
        copies: parts.map((part) => ({ from: join(root, part), to: join(GOROOT, part), without: UNUSED })),
        programs: [],
        // Compiles the standard library once, in half a minute, for all scripts.
        warmUp: {
          command: [join('$IMAGE', GOROOT, 'bin', 'go'), 'build', '-trimpath', 'std'],
          env: {
            ...goEnv,
            GOROOT: join('$IMAGE', GOROOT),
            GOCACHE: join('$IMAGE', GOCACHE),
            GOPATH: join('$IMAGE', 'tmp', 'go'),
          },
        },
      },
    };
  },
  plan: ({ memory_mb }) => ({
    command: [PROGRAM_PATH],
    // The collector works harder near the limit, so that the program stays below it.
    env: { GOMEMLIMIT: `${Math.floor(memory_mb * 0.9)}MiB` },
  }),
  compilation: {
    command: `CGO_ENABLED=0 go build ${flags.map((flag) => (flag.includes(' ') ? `'${flag}'` : flag)).join(' ')} ${SCRIPT}`,
    limits: compileLimits,
    plan: (sources, version) => {
      const files = selectGoSources(sources, SCRIPT, version);
      const bound = boundStack(sources.script);
      const packages = files.length === 0 ? [SCRIPT, ...bound.map(({ path }) => path)] : asModule;
      return { program: planBuild(packages), files: [...files, ...bound] };
    },
  },
};

/** Reports positions in the module's packages relative to the working directory, as for a lone file. */
const asModule = ['-gcflags=./...=-trimpath=/work=>.', '.'];

/**
 * Bounds a stack to two thirds of GOMEMLIMIT, which is nine tenths of `memory_mb`: a growing stack is copied into one of
 * twice the size, and both need memory. Go's own bound is a gigabyte, so the kernel would end an endless recursion for
 * memory first, and nothing would name its place. Ignores a GOMEMLIMIT of the caller's that leaves less than 8 MiB.
 */
const STACK_BOUND = `package main

import "runtime/debug"

func init() {
	bound := debug.SetMemoryLimit(-1) / 3 * 2
	if bound >= 8<<20 && bound < 1e9 {
		debug.SetMaxStack(int(bound))
	}
}
`;

/** Returns the file that bounds stacks; none for a script that is no program, which the compiler refuses. */
const boundStack = (script: string): InputFile[] =>
  /^package main\b/m.test(script)
    ? [{ path: 'brig_stack_bound.go', bytes: new TextEncoder().encode(STACK_BOUND) }]
    : [];

const planBuild = (packages: readonly string[]): CompilerRun['program'] => ({
  command: [join(GOROOT, 'bin', 'go'), ...['build', ...flags, '-o', '/tmp/program'], ...packages],
  scriptPath: SCRIPT,
  // Without this, go tries to write missing package indexes to its cache, which is read-only.
  env: {
    ...goEnv,
    GODEBUG: 'goindex=0',
    GOROOT,
    GOCACHE,
    PATH: `${dirname(join(GOROOT, 'bin', 'go'))}:/usr/bin`,
  },
  product: { path: '/tmp/program', mostBytes: MOST_PROGRAM_BYTES },
});
