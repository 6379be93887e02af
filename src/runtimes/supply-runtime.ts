import type { Limits } from '../core/contract/limits.ts';
import type { RuntimeName } from '../core/contract/runtimes.ts';
import type { Program, Sandbox } from '../sandbox/sandbox.ts';
import type { JailSupply } from '../supply/jail-supply.ts';
import type { SupplyRow } from '../supply/jail-row.ts';
import { createCompiler, type Compiler } from './compiler.ts';
import type { ProgramStore } from './program-store.ts';
import type { Runtime, Toolchain } from './runtime.ts';
import type { OpenRuntime } from './registry.ts';

export interface RuntimeSupplyOptions {
  /** @throws ToolchainMissing when this host lacks the runtime or could not bound it. */
  readonly find: () => Promise<Toolchain>;
  readonly supply: SupplyRow;
  readonly store: ProgramStore;
  readonly defaults: Limits;
  readonly warm: WarmRuntime | undefined;
}

/** Jails of one runtime and of its compiler. */
export interface RuntimeSupply {
  /** Opens them if needed. */
  readonly open: () => Promise<OpenRuntime>;
  readonly supplies: readonly JailSupply[];
}

/** Keeps jails of a runtime warm, with a command started in them already. */
export type WarmRuntime = (
  runtime: RuntimeName,
  sandbox: Sandbox,
  ahead: Program['command'] | undefined,
) => Sandbox;

/** Supplies the jails of one runtime and of its compiler. */
export function supplyRuntime(
  runtime: Runtime,
  { find, supply, store, defaults, warm }: RuntimeSupplyOptions,
): RuntimeSupply {
  const { name, kind, needsEpoll: keepsEpoll, waits, compilation } = runtime;
  const ahead = waits === 'program' ? runtime.plan(defaults, false).command : undefined;
  const jails = supply({
    ...{ name, kind, keepsEpoll, retry: 'request' },
    recipe: async () => (await find()).recipe,
    warm: waits === undefined || warm === undefined ? undefined : (sandbox) => warm(name, sandbox, ahead),
  });
  const plan: OpenRuntime['plan'] = (limits, hasPackages = false) => runtime.plan(limits, hasPackages);
  if (compilation === undefined) {
    const open = async (): Promise<OpenRuntime> => {
      const { version } = await find();
      return { version, plan, ...(await jails.ready()) };
    };
    return { open, supplies: [jails] };
  }
  const compilers = supply({
    ...{ name: `${name}-compiler`, kind: 'compiler', keepsEpoll, retry: 'request' },
    recipe: async () => (await find()).compiler,
  });
  let compile: Compiler | undefined;
  const open = async (): Promise<OpenRuntime> => {
    const { version } = await find();
    const [opened, { sandbox }] = await Promise.all([jails.ready(), compilers.ready()]);
    compile ??= createCompiler({ name, compilation, sandbox, toolchain: sandbox.identity, version, store });
    return { version, plan, compile, ...opened };
  };
  return { open, supplies: [jails, compilers] };
}
