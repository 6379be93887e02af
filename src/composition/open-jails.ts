import { join } from 'node:path';
import type { Config } from '../config.ts';
import type { EventListener } from '../executor/events.ts';
import { openNsjailHost, type NsjailHost } from '../sandbox/nsjail/host.ts';
import { provideImage, type RootImage } from '../sandbox/nsjail/image/image-store.ts';
import { strongerOf, type Isolation } from '../core/contract/isolation.ts';
import type { Interpreter } from '../host/interpreter.ts';
import type { ImageRecipe } from '../sandbox/image-recipe.ts';
import { hasNursery, hasTemplate, jailKinds } from '../sandbox/nsjail/kinds.ts';
import { createNsjailSandbox, type NsjailOptions } from '../sandbox/nsjail/nsjail-sandbox.ts';
import { probeSandbox } from '../sandbox/probe/probe.ts';
import { openProbeMemory } from '../sandbox/probe/remember-probe.ts';
import type { HostBounds } from '../runtimes/open-runtimes.ts';
import type { Sandbox } from '../sandbox/sandbox.ts';
import { openDoorkeeper } from './open-doorkeeper.ts';
import { throwFirst } from './throw-first.ts';
import type { JailRow, SupplyRow } from '../supply/jail-row.ts';
import { supplyJails, type JailSupply } from '../supply/jail-supply.ts';

/** All jails of a service, of every kind, and their common host. */
export interface Jails extends AsyncDisposable {
  readonly supply: SupplyRow;
  /** Undefined until it was opened. */
  host(): NsjailHost | undefined;
  /** Returns the bounds that the host gives to jails; undefined until it was opened. */
  bounds(): HostBounds | undefined;
  /**
   * Interpreter of Python scripts, which also starts the programs of other runtimes; undefined until the host is
   * open.
   */
  interpreter(): Interpreter | undefined;
  /** Returns the image of a jail, prepared or newly made. @throws JailFailure */
  provideImage(recipe?: ImageRecipe): Promise<RootImage>;
  /** Returns a sentence for each kind that was open and no longer holds. */
  describeOutages(): string[];
}

export interface JailsOptions {
  readonly stateDir: string;
  /** Accepts a recent probe of the same sandbox instead of a new one. */
  readonly remembers: boolean;
  readonly onEvent: EventListener;
}

export function openJails(config: Config, { stateDir, remembers, onEvent }: JailsOptions): Jails {
  const supplies = new Map<JailRow, JailSupply>();
  const caps = toCaps(config);
  let host: NsjailHost | undefined;
  let interpreter: Interpreter | undefined;
  let opening: Promise<NsjailHost> | undefined;

  const provide = (recipe?: ImageRecipe, signal?: AbortSignal): Promise<RootImage> =>
    provideImage({ ...imageOf(config), recipe }, stateDir, config.preparedDir, signal);

  const doorkeeper = openDoorkeeper(config);

  const openHost = async (): Promise<NsjailHost> => {
    const image = await provide();
    interpreter = image.interpreter;
    host = await openNsjailHost({
      ...config,
      interpreter: interpreter.executable,
      folders: [image.folder, stateDir],
      deviceFolder: join(stateDir, 'devices'),
      doorkeeper: doorkeeper.get(interpreter.executable),
    });
    return host;
  };

  /** Opens the host once; after a failure the next caller tries again. */
  const shareHost = (): Promise<NsjailHost> =>
    (opening ??= openHost().catch((error: unknown) => {
      opening = undefined;
      throw error;
    }));

  const open = async (
    { kind, recipe, keepsEpoll, isolation = config.isolation }: JailRow,
    signal: AbortSignal,
  ): Promise<Sandbox> => {
    const shared = await shareHost();
    const image = await provide(await recipe?.(), signal);
    return createNsjailSandbox(shared, {
      kind,
      image,
      caps,
      isolation: chooseIsolation(isolation, kind),
      keepsEpoll,
    });
  };

  const remember = remembers ? openProbeMemory(stateDir) : undefined;
  const probe = async ({ name, kind, keepsEpoll = false }: JailRow, sandbox: Sandbox) => {
    const hasEpoll = keepsEpoll || jailKinds[kind].epoll === 'needed';
    const target = jailKinds[kind].first === 'init' ? sandbox : withoutLauncher(sandbox);
    const hasDoors = config.network.length > 0;
    const attack = () => probeSandbox(target, config.optionalLayers, { mayHaveEpoll: hasEpoll, hasDoors });
    // The reports say which layers are required, and what was tried.
    const identity = [sandbox.identity, ...config.optionalLayers, ...(hasDoors ? ['doors'] : [])].join(' ');
    return remember === undefined ? attack() : remember(name, identity, attack);
  };

  return {
    supply: (row) => {
      const supply = supplyJails({
        open: (signal) => open(row, signal),
        probe: (sandbox) => probe(row, sandbox),
        warm: row.warm,
        retry: row.retry,
        onChange: (state, cause) => onEvent({ type: 'readiness_changed', jails: row.name, state, cause }),
      });
      supplies.set(row, supply);
      return supply;
    },
    host: () => host,
    bounds: () => host && { hasCgroup: host.tree !== undefined, sharesIds: host.ids.kind === 'shared-id' },
    interpreter: () => interpreter,
    provideImage: provide,
    describeOutages: () =>
      [...supplies].flatMap(([{ name, retry }, supply]) => {
        const state = supply.current();
        // A row with a timer reports through the service's own readiness; a row never probed is no outage.
        if (retry === 'timer' || state.isReady || Object.keys(state.layers).length === 0) return [];
        return [`Jails for ${name} are out of service: ${state.reason}`];
      }),
    [Symbol.asyncDispose]: async () => {
      const closed = await Promise.allSettled([...supplies.values()].map((supply) => supply.close()));
      await opening?.catch(() => undefined);
      // All jails were closed by now; the next service sweeps up any remains.
      await host?.close();
      await doorkeeper.close();
      throwFirst(closed);
    },
  };
}

const imageOf = ({ python, toolbox }: Config): Pick<Config, 'python' | 'toolbox'> => ({ python, toolbox });

/** Kinds without a template have a nursery, and kinds without a nursery an nsjail for each jail: the stronger way. */
const chooseIsolation = (wanted: Isolation, kind: JailRow['kind']): Isolation =>
  strongerOf(wanted, hasTemplate(kind) ? 'template' : hasNursery(kind) ? 'nursery' : 'nsjail');

const toCaps = ({ maxResultBytes, maxReturnBytes, maxReturnFiles }: Config): NsjailOptions['caps'] => ({
  resultBytes: maxResultBytes,
  filesBytes: maxReturnBytes,
  files: maxReturnFiles,
});

/** The launcher runs the probe's scripts, and the kernel counts it among their processes. */
function withoutLauncher(sandbox: Sandbox): Sandbox {
  return {
    ...sandbox,
    lease: (limits, options) => sandbox.lease({ ...limits, processes: limits.processes - 1 }, options),
  };
}
