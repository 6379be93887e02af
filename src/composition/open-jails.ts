import { join } from 'node:path';
import type { Config } from '../config.ts';
import type { EventListener } from '../executor/events.ts';
import { openNsjailHost, type NsjailHost } from '../sandbox/nsjail/host.ts';
import { provideImage, type RootImage } from '../sandbox/nsjail/image/image-store.ts';
import type { Interpreter } from '../sandbox/nsjail/image/interpreter.ts';
import type { ImageRecipe } from '../sandbox/nsjail/image/recipe.ts';
import { jailKinds } from '../sandbox/nsjail/kinds.ts';
import { createNsjailSandbox } from '../sandbox/nsjail/nsjail-sandbox.ts';
import { probeSandbox } from '../sandbox/probe/probe.ts';
import { rememberProbe } from '../sandbox/probe/remember-probe.ts';
import type { Sandbox } from '../sandbox/sandbox.ts';
import { throwFirst } from './throw-first.ts';
import type { JailRow, SupplyRow } from '../supply/jail-row.ts';
import { supplyJails, type JailSupply } from '../supply/jail-supply.ts';

/** Every jail of a service, of whatever kind, and the host that they share. */
export interface Jails extends AsyncDisposable {
  readonly supply: SupplyRow;
  /** Undefined until it could be opened. */
  host(): NsjailHost | undefined;
  /** That of Python's scripts, which starts the programs of other runtimes; undefined while the host is not open. */
  interpreter(): Interpreter | undefined;
  /** The image of a jail, prepared or made. @throws JailFailure */
  provideImage(recipe?: ImageRecipe): Promise<RootImage>;
  /** A sentence for each kind that was open and does not hold any more. */
  describeOutages(): string[];
}

export interface JailsOptions {
  readonly stateDir: string;
  /** Takes a recent probe of the very same sandbox for this one's. */
  readonly remembers: boolean;
  readonly onEvent: EventListener;
}

export function openJails(config: Config, { stateDir, remembers, onEvent }: JailsOptions): Jails {
  const supplies = new Map<JailRow, JailSupply>();
  const caps = {
    resultBytes: config.maxResultBytes,
    filesBytes: config.maxReturnBytes,
    files: config.maxReturnFiles,
  };
  let host: NsjailHost | undefined;
  let interpreter: Interpreter | undefined;
  let opening: Promise<NsjailHost> | undefined;

  const provide = (recipe?: ImageRecipe): Promise<RootImage> =>
    provideImage({ python: config.python, recipe }, stateDir, config.preparedDir);

  const openHost = async (): Promise<NsjailHost> => {
    const image = await provide();
    interpreter = image.interpreter;
    host = await openNsjailHost({
      ...config,
      interpreter: interpreter.executable,
      folders: [image.folder, stateDir],
      deviceFolder: join(stateDir, 'devices'),
    });
    return host;
  };

  /** Once; what fails is tried again by the next one that asks. */
  const shareHost = (): Promise<NsjailHost> =>
    (opening ??= openHost().catch((error: unknown) => {
      opening = undefined;
      throw error;
    }));

  const open = async ({ kind, recipe, keepsEpoll }: JailRow): Promise<Sandbox> => {
    const shared = await shareHost();
    const image = await provide(await recipe?.());
    return createNsjailSandbox(shared, { kind, image, caps, keepsEpoll });
  };

  const probe = async ({ name, kind, keepsEpoll = false }: JailRow, sandbox: Sandbox) => {
    const hasEpoll = keepsEpoll || jailKinds[kind].epoll === 'needed';
    const target = jailKinds[kind].ownProcesses === 0 ? sandbox : withoutLauncher(sandbox);
    const attack = () => probeSandbox(target, config.optionalLayers, hasEpoll);
    return remembers ? rememberProbe(stateDir, name, sandbox.identity, attack) : attack();
  };

  return {
    supply: (row) => {
      const supply = supplyJails({
        open: () => open(row),
        probe: (sandbox) => probe(row, sandbox),
        warm: row.warm,
        retry: row.retry,
        onChange: (state, cause) => onEvent({ type: 'readiness_changed', jails: row.name, state, cause }),
      });
      supplies.set(row, supply);
      return supply;
    },
    host: () => host,
    interpreter: () => interpreter,
    provideImage: provide,
    describeOutages: () =>
      [...supplies].flatMap(([{ name, retry }, supply]) => {
        const state = supply.current();
        // Those that are tried by a timer are the service's own readiness; those never probed are no outage.
        if (retry === 'timer' || state.isReady || Object.keys(state.layers).length === 0) return [];
        return [`Jails for ${name} are out of service: ${state.reason}`];
      }),
    [Symbol.asyncDispose]: async () => {
      const closed = await Promise.allSettled([...supplies.values()].map((supply) => supply.close()));
      await opening?.catch(() => undefined);
      // Every jail had its turn by now: what one left behind is swept by the next service.
      await host?.close();
      throwFirst(closed);
    },
  };
}

/** The probe's scripts are run by the interpreter that launches other programs: it counts among theirs. */
function withoutLauncher(sandbox: Sandbox): Sandbox {
  return {
    ...sandbox,
    lease: (limits, options) => sandbox.lease({ ...limits, processes: limits.processes - 1 }, options),
  };
}
