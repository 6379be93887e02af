import { JailFailure, type Sandbox } from '../sandbox/sandbox.ts';
import { blameLayer, type LayerReports } from './layers.ts';
import { reportFailures } from './report-failures.ts';

/** Whether jails of one kind can be used, as the last probe saw it. */
export type SupplyState =
  | { readonly isReady: true; readonly layers: LayerReports }
  | {
      readonly isReady: false;
      readonly reason: string;
      readonly remedy?: string | undefined;
      readonly layers: LayerReports;
    };

/** Jails that were attacked and held. */
export interface OpenSupply {
  /** Where scripts run; some jails may wait already. */
  readonly sandbox: Sandbox;
  /** The same, where every jail is started for what is asked of it. */
  readonly fresh: Sandbox;
}

/**
 * Where jails of one kind come from, through its whole life: opened, attacked, kept warm, attacked again where one fails,
 * closed.
 */
export interface JailSupply {
  current(): SupplyState;
  /**
   * Opens it first where it is not open.
   * @throws JailFailure where its jails cannot be made or do not hold; whatever `open` throws.
   */
  ready(): Promise<OpenSupply>;
  /** A jail failed: attacks the kind again, at most one attempt at a time. Until that says otherwise the state stays. */
  suspect(): void;
  /** Ends every jail; idempotent. */
  close(): Promise<void>;
}

export interface SupplyOptions {
  /** Leaves nothing behind where it fails. */
  readonly open: () => Promise<Sandbox>;
  /** Attacks the isolation, and reports each layer. */
  readonly probe: (sandbox: Sandbox) => Promise<LayerReports>;
  /** Has jails wait; left out where none are to. Closing it closes the sandbox. */
  readonly warm?: ((sandbox: Sandbox) => Sandbox) | undefined;
  /**
   * `timer`: tries again by itself, so that a mended host needs no restart, and refuses meanwhile.
   * `request`: the next one that asks tries again.
   */
  readonly retry: 'timer' | 'request';
  /** Every change of state, and the failure behind it, for the log. */
  readonly onChange?: ((state: SupplyState, cause?: unknown) => void) | undefined;
  /** Most milliseconds between attempts of the timer: the first wait is a fraction of it, and each the double of the one before. */
  readonly retryMs?: number;
}

const DEFAULT_RETRY_MS = 15_000;
/** Most outages pass at once: of the longest wait, the first one is this much. */
const FIRST_RETRY_SHARE = 1 / 32;

/** Opens nothing by itself: `ready` does. A required layer that does not hold is an outage, never a weaker service. */
export function supplyJails(options: SupplyOptions): JailSupply {
  const longest = options.retryMs ?? DEFAULT_RETRY_MS;
  let state: SupplyState = { isReady: false, reason: 'The isolation was not probed yet.', layers: {} };
  let failure: unknown = new JailFailure('The isolation was not probed yet.');
  let opened: OpenSupply | undefined;
  let probed: Sandbox | undefined;
  let running: Promise<void> | undefined;
  let timer: NodeJS.Timeout | undefined;
  let wait = 0;
  let closing: Promise<void> | undefined;

  const change = (next: SupplyState, cause?: unknown): void => {
    state = next;
    options.onChange?.(next, cause);
  };

  const fail = (error: unknown, layers: LayerReports): void => {
    failure = error;
    change({ isReady: false, ...describe(error), layers }, error);
  };

  const attempt = async (): Promise<void> => {
    try {
      probed ??= await options.open();
      const layers = await options.probe(probed);
      const blame = blameLayer(layers);
      if (blame !== undefined) return fail(blame, layers);
      opened ??= openFor(probed);
      change({ isReady: true, layers });
    } catch (error) {
      fail(error, state.layers);
    }
  };

  const openFor = (fresh: Sandbox): OpenSupply => ({
    sandbox: reportFailures(options.warm?.(fresh) ?? fresh, suspect),
    fresh: reportFailures(fresh, suspect),
  });

  const scheduleRetry = (): void => {
    running = undefined;
    wait = state.isReady ? 0 : Math.min(longest, Math.max(wait * 2, longest * FIRST_RETRY_SHARE));
    if (wait > 0 && closing === undefined && options.retry === 'timer')
      timer = setTimeout(suspect, wait).unref();
  };

  const start = (): Promise<void> => {
    clearTimeout(timer);
    return (running ??= attempt().finally(scheduleRetry));
  };

  const suspect = (): void => {
    if (closing === undefined) void start();
  };

  const close = async (): Promise<void> => {
    clearTimeout(timer);
    await running;
    await (opened?.sandbox ?? probed)?.close();
  };

  const isAsked = (): boolean => options.retry === 'request' || timer === undefined;

  return {
    current: () => state,
    ready: async () => {
      if (closing !== undefined) throw new JailFailure('The sandbox is closed.');
      if (!state.isReady && isAsked()) await start();
      if (state.isReady && opened !== undefined) return opened;
      throw failure;
    },
    suspect,
    close: () => (closing ??= close()),
  };
}

function describe(error: unknown): { reason: string; remedy?: string | undefined } {
  if (error instanceof JailFailure) return { reason: error.message, remedy: error.remedy };
  return { reason: 'The isolation could not be probed.', remedy: 'See the log of the service.' };
}
