import { JailFailure, type Sandbox } from '../sandbox/sandbox.ts';
import { blameLayer, type LayerReports } from './layers.ts';
import { reportFailures } from './report-failures.ts';

/** State of the jails of one kind, as of the last probe. */
export type SupplyState =
  | { readonly isReady: true; readonly layers: LayerReports }
  | {
      readonly isReady: false;
      readonly reason: string;
      readonly remedy?: string | undefined;
      readonly layers: LayerReports;
    };

/** `unopened` until somebody asks; `ready` also while jails that held are attacked again. */
export type SupplyPhase = 'unopened' | 'opening' | 'ready' | 'failed';

/** Sandboxes whose isolation was attacked and held. */
export interface OpenSupply {
  /** Runs scripts; may hand out warm jails. */
  readonly sandbox: Sandbox;
  /** The same sandbox without warm jails: starts every jail on demand. */
  readonly fresh: Sandbox;
}

/**
 * Supplies jails of one kind through their whole life: opens, attacks, keeps warm, attacks again after a failure,
 * closes.
 */
export interface JailSupply {
  current(): SupplyState;
  phase(): SupplyPhase;
  /**
   * Opens the supply first if it is not open.
   * @throws JailFailure when its jails cannot be made or do not hold; otherwise whatever `open` throws.
   */
  ready(): Promise<OpenSupply>;
  /**
   * Attacks the kind again after a jail failed, one attempt at a time. The state stays as it is until the attempt
   * ends.
   */
  suspect(): void;
  /** Ends every jail; idempotent. */
  close(): Promise<void>;
}

export interface SupplyOptions {
  /** Opens the sandbox; leaves nothing behind on failure. @param signal aborts when the supply is closed. */
  readonly open: (signal: AbortSignal) => Promise<Sandbox>;
  /** Attacks the isolation and reports on each layer. */
  readonly probe: (sandbox: Sandbox) => Promise<LayerReports>;
  /**
   * Wraps the sandbox so that some jails are kept warm; undefined keeps none. Closing the wrapper closes the sandbox.
   */
  readonly warm?: ((sandbox: Sandbox) => Sandbox) | undefined;
  /**
   * `timer`: retries on its own, so that a repaired host needs no restart, and refuses requests meanwhile.
   * `request`: the next request retries.
   */
  readonly retry: 'timer' | 'request';
  /** Receives every change of state and the failure behind it, for the log. */
  readonly onChange?: ((state: SupplyState, cause?: unknown) => void) | undefined;
  /**
   * Longest wait between attempts of the timer, in milliseconds. Waits start at a fraction of it and double each
   * time.
   */
  readonly retryMs?: number;
}

const DEFAULT_RETRY_MS = 15_000;
/** First wait as a share of the longest: short, because most outages end within moments. */
const FIRST_RETRY_SHARE = 1 / 32;

/**
 * Opens nothing until `ready` is called. A required layer that does not hold is an outage, never a weaker service.
 */
export function supplyJails(options: SupplyOptions): JailSupply {
  const longest = options.retryMs ?? DEFAULT_RETRY_MS;
  let state: SupplyState = { isReady: false, reason: 'The isolation was not probed yet.', layers: {} };
  let failure: unknown = new JailFailure('The isolation was not probed yet.');
  let opened: OpenSupply | undefined;
  let probed: Sandbox | undefined;
  let running: Promise<void> | undefined;
  let timer: NodeJS.Timeout | undefined;
  let wait = 0;
  let wasTried = false;
  let closing: Promise<void> | undefined;
  const closed = new AbortController();

  const change = (next: SupplyState, cause?: unknown): void => {
    state = next;
    options.onChange?.(next, cause);
  };

  const fail = (error: unknown, layers: LayerReports): void => {
    failure = error;
    wasTried = true;
    change({ isReady: false, ...describe(error), layers }, error);
  };

  const attempt = async (): Promise<void> => {
    try {
      probed ??= await options.open(closed.signal);
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
    closed.abort(new JailFailure('The sandbox is closed.'));
    await running;
    await (opened?.sandbox ?? probed)?.close();
  };

  const phase = (): SupplyPhase => {
    if (state.isReady) return 'ready';
    if (running !== undefined) return 'opening';
    return wasTried ? 'failed' : 'unopened';
  };

  const isAsked = (): boolean => options.retry === 'request' || timer === undefined;

  return {
    current: () => state,
    phase,
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
