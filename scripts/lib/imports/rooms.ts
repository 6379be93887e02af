export interface Room {
  /** A folder of `src`, without those in it, or a file that lies in `src` itself. */
  readonly name: string;
  readonly holds: string;
  /** What its files may import of `src` beside each other; `/**` adds every folder below. */
  readonly rooms: readonly string[];
  /** Packages with their subpaths; `node:*` is every module of Node that starts no process. */
  readonly packages: readonly string[];
}

/**
 * Which part of the sources may import which. `npm run lint` holds the imports to this table, and the one in
 * docs/architecture.md is made from it.
 */
export const rooms: readonly Room[] = [
  {
    name: 'core',
    holds: 'Pure: request, limits, outcome, error categories, evidence.',
    rooms: ['core/files', 'core/generation', 'core/policy', 'core/preflight', 'core/validation'],
    packages: ['zod', 'fastest-levenshtein'],
  },
  {
    name: 'core/files',
    holds: 'Paths, glob patterns, the files that are returned.',
    rooms: [],
    packages: ['zod', 'mime'],
  },
  {
    name: 'core/generation',
    holds: 'What a model is asked for, and what an answer says of it.',
    rooms: ['core'],
    packages: ['zod'],
  },
  {
    name: 'core/last-words',
    holds: 'What other runtimes and compilers write when a program fails.',
    rooms: ['core'],
    packages: [],
  },
  {
    name: 'core/npm',
    holds: 'Specifiers and lock files of npm, read into parts.',
    rooms: ['core', 'core/validation'],
    packages: [],
  },
  {
    name: 'core/policy',
    holds: "The policy's modes, rules by name, built-in denials, findings.",
    rooms: ['core'],
    packages: ['zod'],
  },
  {
    name: 'core/preflight',
    holds: 'What `validate_only` answers: the report from the jail, checked, to outcome.',
    rooms: ['core', 'core/verdict'],
    packages: ['zod'],
  },
  {
    name: 'core/requirements',
    holds: 'Requirements of Python packages, read into parts and written from them.',
    rooms: ['core', 'core/validation'],
    packages: ['@renovatebot/pep440'],
  },
  {
    name: 'core/suggestions',
    holds: 'What to do about each failure.',
    rooms: ['core', 'core/last-words', 'core/policy', 'core/verdict'],
    packages: [],
  },
  {
    name: 'core/validation',
    holds: 'What is wrong with a request, in words.',
    rooms: [
      'core',
      'core/files',
      'core/generation',
      'core/npm',
      'core/policy',
      'core/requirements',
      'core/verdict',
    ],
    packages: ['zod'],
  },
  {
    name: 'core/verdict',
    holds: 'Evidence to outcome.',
    rooms: ['core', 'core/files', 'core/generation', 'core/last-words', 'core/policy', 'core/suggestions'],
    packages: [],
  },
  {
    name: 'settings',
    holds: 'One file for each group of settings: name, default, unit, a sentence of help.',
    rooms: ['core', 'core/policy'],
    packages: ['zod'],
  },
  {
    name: 'analysis',
    holds:
      "The script's functions and its entry point, from tree-sitter, off the event loop for what is large.",
    rooms: ['core/**', 'pool', 'analysis/policy', 'analysis/policy/rules'],
    packages: ['node:*', 'web-tree-sitter'],
  },
  {
    name: 'analysis/policy',
    holds: "What a script's names stand for, and what of it is a fact for the rules.",
    rooms: ['core/**', 'analysis', 'analysis/policy/rules'],
    packages: ['web-tree-sitter'],
  },
  {
    name: 'analysis/policy/rules',
    holds: 'One rule a file.',
    rooms: ['core/**', 'analysis/policy'],
    packages: [],
  },
  {
    name: 'pool',
    holds:
      'The fair queue before everything scarce (places, bytes, threads), leases, and the host of worker threads.',
    rooms: ['core'],
    packages: ['node:*'],
  },
  {
    name: 'sandbox',
    holds: '`sandbox.ts` is the port: what a jail and a sandbox are; `package-builder.ts` the one of builds.',
    rooms: ['core/**'],
    packages: ['node:*'],
  },
  {
    name: 'sandbox/nsjail',
    holds: 'What implements the port: the plan of a jail (pure), the process, its streams, its protocol.',
    rooms: [
      'core/**',
      'sandbox',
      'sandbox/nsjail/cgroup',
      'sandbox/nsjail/image',
      'sandbox/nsjail/run',
      'paths.ts',
    ],
    packages: ['node:*'],
  },
  {
    name: 'sandbox/nsjail/build',
    holds: 'The jail in which an environment is built, and the settings of pip, uv and npm for it.',
    rooms: [
      'sandbox',
      'sandbox/nsjail',
      'sandbox/nsjail/cgroup',
      'sandbox/nsjail/image',
      'sandbox/nsjail/run',
      'paths.ts',
    ],
    packages: ['node:*', 'zod'],
  },
  {
    name: 'sandbox/nsjail/cgroup',
    holds: 'One leaf for each execution, in cgroup v1 or v2.',
    rooms: ['core/**', 'sandbox'],
    packages: ['node:*'],
  },
  {
    name: 'sandbox/nsjail/image',
    holds: 'The root image of jails.',
    rooms: ['sandbox', 'sandbox/nsjail', 'paths.ts'],
    packages: ['node:*', 'zod'],
  },
  {
    name: 'sandbox/nsjail/run',
    holds: 'One execution: the states of a jail (pure), what performs their effects, its evidence.',
    rooms: ['core/**', 'sandbox', 'sandbox/nsjail', 'sandbox/nsjail/cgroup'],
    packages: ['node:*'],
  },
  {
    name: 'sandbox/probe',
    holds: 'Runs the attacks and reports which layer held.',
    rooms: ['core/**', 'sandbox', 'paths.ts'],
    packages: ['node:*', 'zod'],
  },
  {
    name: 'environments',
    holds: 'Package environments: store, builds, names.',
    rooms: ['core/**', 'sandbox', 'paths.ts'],
    packages: ['node:*', 'zod', 'p-queue'],
  },
  {
    name: 'runtimes',
    holds:
      'Node, Deno, Bun, Go and Rust: what each is, where it is found, how its programs are made and kept.',
    rooms: [
      'core/**',
      'sandbox',
      'sandbox/nsjail',
      'sandbox/nsjail/build',
      'sandbox/nsjail/image',
      'paths.ts',
    ],
    packages: ['node:*', 'zod'],
  },
  {
    name: 'executor',
    holds: 'The use case: analysis, admission, lease (warm jails first), run, verdict. Emits events.',
    rooms: ['core/**', 'analysis', 'environments', 'pool', 'runtimes', 'sandbox'],
    packages: ['node:*'],
  },
  {
    name: 'keys',
    holds: 'API keys: the file of them, watched and changed; who comes with which; rates.',
    rooms: ['core/**'],
    packages: ['node:*', 'zod', 'lru-cache', 'rate-limiter-flexible'],
  },
  {
    name: 'generate',
    holds: 'The model that writes and reviews scripts: the call, the prompts, what a reply says, repairs.',
    rooms: ['core/**', 'executor', 'pool'],
    packages: ['zod', 'openai'],
  },
  {
    name: 'mcp',
    holds: 'The tools of the Model Context Protocol, for both of its doors: HTTP and the command line.',
    rooms: ['core/**', 'environments', 'executor'],
    packages: ['node:*', 'zod', '@modelcontextprotocol/server'],
  },
  {
    name: 'http',
    holds: 'The HTTP door: a function of its dependencies.',
    rooms: [
      'core/**',
      'environments',
      'executor',
      'generate',
      'http/dialects/**',
      'http/routes',
      'keys',
      'pool',
    ],
    packages: ['node:*', 'zod', 'hono', '@hono/node-server'],
  },
  {
    name: 'http/routes',
    holds: 'One file for each route or two.',
    rooms: ['core/**', 'environments', 'executor', 'generate', 'http', 'http/openapi', 'mcp'],
    packages: ['hono', '@modelcontextprotocol/server'],
  },
  {
    name: 'http/openapi',
    holds: "The document of the contract, made from core's schemas.",
    rooms: ['core/**', 'http', 'mcp'],
    packages: ['zod', 'zod-openapi'],
  },
  {
    name: 'http/dialects',
    holds: 'Contracts of other systems: where they are mounted, and how they refuse.',
    rooms: ['core/**', 'executor', 'generate', 'http', 'http/dialects/**', 'http/routes', 'keys', 'pool'],
    packages: ['hono'],
  },
  {
    name: 'http/dialects/common',
    holds: 'What they have alike: fields as pydantic reads them, 422 bodies, limits, sizes.',
    rooms: ['core/**', 'executor', 'http', 'pool'],
    packages: ['zod', 'hono'],
  },
  {
    name: 'http/dialects/code-cantation',
    holds: "Code Cantation's: request, safety check, answer.",
    rooms: ['core/**', 'executor', 'http', 'http/dialects', 'http/dialects/common'],
    packages: ['node:*', 'zod', 'hono'],
  },
  {
    name: 'http/dialects/code-executor',
    holds: "The Code Executor Service's.",
    rooms: ['core/**', 'http', 'http/dialects', 'http/dialects/common'],
    packages: ['node:*', 'zod', 'hono'],
  },
  {
    name: 'http/dialects/quartermaster',
    holds: "quartermaster-code-runner's: images, entrypoints, `sdk`, prebuilt images.",
    rooms: ['core/**', 'environments', 'http', 'http/dialects', 'http/dialects/common', 'http/routes'],
    packages: ['node:*', 'zod', 'hono'],
  },
  {
    name: 'http/dialects/secure-python',
    holds: "The Secure Python Code Execution Service's: what the model is asked, request, answer.",
    rooms: ['core/**', 'executor', 'generate', 'http', 'http/dialects', 'http/dialects/common'],
    packages: ['zod', 'hono'],
  },
  {
    name: 'observability',
    holds: 'Logs. They subscribe to events, of the executor and of the keys.',
    rooms: ['executor', 'keys', 'pool', 'sandbox'],
    packages: ['pino'],
  },
  {
    name: 'cli',
    holds: 'The command line.',
    rooms: [
      'core/**',
      'cli/cantation',
      'cli/commands',
      'http',
      'keys',
      'observability',
      'config.ts',
      'service.ts',
    ],
    packages: ['node:*', 'commander', 'pino'],
  },
  {
    name: 'cli/cantation',
    holds: "What `brig cantation` needs: the caller's directory, packages, the server.",
    rooms: [
      'core/**',
      'cli',
      'environments',
      'http',
      'http/dialects/**',
      'observability',
      'app-options.ts',
      'config.ts',
      'service.ts',
    ],
    packages: ['node:*', 'commander'],
  },
  {
    name: 'cli/commands',
    holds: 'One file for each command.',
    rooms: [
      'core/**',
      'analysis',
      'cli',
      'cli/cantation',
      'environments',
      'executor',
      'http',
      'http/dialects/code-cantation',
      'keys',
      'mcp',
      'observability',
      'runtimes',
      'sandbox',
      'sandbox/nsjail',
      'sandbox/nsjail/image',
      'app-options.ts',
      'config.ts',
      'service.ts',
    ],
    packages: ['node:*', 'commander', '@modelcontextprotocol/server'],
  },
  {
    name: 'paths.ts',
    holds: 'Where the package lies.',
    rooms: [],
    packages: ['node:*'],
  },
  {
    name: 'config.ts',
    holds: 'The one schema of all settings, made of the groups in `settings`.',
    rooms: ['core/**', 'settings'],
    packages: ['zod'],
  },
  {
    name: 'app-options.ts',
    holds: 'What every HTTP door takes from the service and the settings.',
    rooms: ['http', 'config.ts', 'service.ts'],
    packages: [],
  },
  {
    name: 'service.ts',
    holds: 'The composition root: the one file that names concrete parts.',
    rooms: [
      'core/**',
      'analysis',
      'environments',
      'executor',
      'generate',
      'pool',
      'runtimes',
      'sandbox/**',
      'config.ts',
      'paths.ts',
    ],
    packages: ['node:*'],
  },
  {
    name: 'index.ts',
    holds: 'The library.',
    rooms: ['core/**', 'environments', 'executor', 'sandbox', 'config.ts', 'service.ts'],
    packages: ['zod'],
  },
];

/** The one file that may start processes, and with what. */
export const processStarter = { file: 'sandbox/nsjail/process.ts', packages: ['execa'] } as const;
