import type { Layer, LayerReport } from '../core/health.ts';
import { JailFailure, type Sandbox } from '../sandbox/sandbox.ts';

export type LayerReports = Readonly<Partial<Record<Layer, LayerReport>>>;

/** Whether scripts can run, as the last probe saw it. */
export type ReadinessState =
  | { readonly isReady: true; readonly sandbox: Sandbox; readonly layers: LayerReports }
  | {
      readonly isReady: false;
      readonly reason: string;
      readonly remedy?: string | undefined;
      readonly layers: LayerReports;
    };

export interface ReadinessOptions {
  readonly open: () => Promise<Sandbox>;
  readonly probe: (sandbox: Sandbox) => Promise<LayerReports>;
  /** Every change of state, and the failures behind it, for the log. */
  readonly onChange?: ((state: ReadinessState, cause?: unknown) => void) | undefined;
  /** Most milliseconds between attempts while nothing can run: the first wait is a fraction of it, and each the double of the one before. */
  readonly retryMs?: number;
}

export interface Readiness {
  current(): ReadinessState;
  /** A jail failed: probes again, at most one probe at a time. Until it says otherwise the state stays. */
  suspect(): void;
  close(): Promise<void>;
}

const DEFAULT_RETRY_MS = 15_000;
/** Most outages pass at once: of the longest wait, the first one is this much. */
const FIRST_RETRY_SHARE = 1 / 32;

/**
 * Opens the sandbox and probes it; what a required layer does not hold is an outage, never a weaker service. While
 * nothing can run it tries again by itself, so that a mended host needs no restart.
 * Resolves after the first attempt, however it ended.
 */
export async function watchReadiness(options: ReadinessOptions): Promise<Readiness> {
  let state: ReadinessState = { isReady: false, reason: 'The isolation was not probed yet.', layers: {} };
  let sandbox: Sandbox | undefined;
  let running: Promise<void> | undefined;
  let timer: NodeJS.Timeout | undefined;
  let isClosed = false;
  const longest = options.retryMs ?? DEFAULT_RETRY_MS;
  let wait = 0;

  const change = (next: ReadinessState, cause?: unknown): void => {
    state = next;
    options.onChange?.(next, cause);
  };

  const attempt = async (): Promise<void> => {
    try {
      sandbox ??= await options.open();
      const layers = await options.probe(sandbox);
      change(judge(sandbox, layers));
    } catch (error) {
      const { reason, remedy } = describe(error);
      change({ isReady: false, reason, remedy, layers: state.layers }, error);
    }
    wait = state.isReady ? 0 : Math.min(longest, Math.max(wait * 2, longest * FIRST_RETRY_SHARE));
    if (wait > 0 && !isClosed) timer = setTimeout(check, wait).unref();
  };

  const check = (): void => {
    if (isClosed) return;
    clearTimeout(timer);
    running ??= attempt().finally(() => (running = undefined));
  };

  check();
  await running;
  return {
    current: () => state,
    suspect: check,
    close: async () => {
      isClosed = true;
      clearTimeout(timer);
      await running;
      await sandbox?.close();
    },
  };
}

function judge(sandbox: Sandbox, layers: LayerReports): ReadinessState {
  const broken = findBroken(layers);
  return broken === undefined ? { isReady: true, sandbox, layers } : { isReady: false, ...broken, layers };
}

/** @throws JailFailure for a required layer that does not hold. */
export function requireLayers(layers: LayerReports): void {
  const broken = findBroken(layers);
  if (broken !== undefined) throw new JailFailure(broken.reason, { remedy: broken.remedy });
}

function findBroken(layers: LayerReports): { reason: string; remedy: string | undefined } | undefined {
  const broken = Object.entries(layers).find(([, { active, required }]) => required && !active);
  if (broken === undefined) return undefined;
  const [layer, { reason, remedy }] = broken;
  return { reason: `The layer "${layer}" does not hold: ${reason ?? 'unknown'}.`, remedy };
}

function describe(error: unknown): { reason: string; remedy?: string | undefined } {
  if (error instanceof JailFailure) return { reason: error.message, remedy: error.remedy };
  return { reason: 'The isolation could not be probed.', remedy: 'See the log of the service.' };
}
