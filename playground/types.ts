/*
 * The parts of Brig's contract that the page reads, as `GET /openapi.json` describes them. Fields that a newer service
 * adds are ignored.
 */

export interface RuntimeFacts {
  readonly name: string;
  readonly available: boolean;
  readonly version?: string;
  readonly reason?: string;
  readonly modes: readonly ('function' | 'script')[];
  readonly environments: readonly string[];
}

export type LimitValues = Readonly<Record<string, number>>;

export interface Facts {
  readonly runtimes: readonly RuntimeFacts[];
  readonly limits: { readonly defaults: LimitValues; readonly ceilings: LimitValues };
}

export interface LayerFacts {
  readonly active: boolean;
  readonly required: boolean;
  readonly how: string;
  readonly tried: string;
  readonly reason?: string;
}

export interface HealthFacts {
  readonly status: 'healthy' | 'unhealthy';
  readonly version: string;
  readonly reason?: string;
  readonly warnings?: readonly string[];
  readonly sandbox: Readonly<Record<string, LayerFacts>>;
}

export interface ReturnedFile {
  readonly path: string;
  readonly size: number;
  readonly media_type: string;
  readonly encoding: 'utf8' | 'base64';
  readonly content: string;
  readonly figure?: boolean;
}

/** The answer of an execution, or a refusal. */
export interface Answer {
  readonly success: boolean;
  readonly result?: unknown;
  readonly error?: string;
  readonly error_type?: string;
  readonly message?: string;
  readonly suggestions?: readonly string[];
  readonly location?: { readonly line: number; readonly column?: number };
  readonly traceback?: string;
  readonly stdout?: string;
  readonly stderr?: string;
  readonly return_code?: number | null;
  readonly files?: readonly ReturnedFile[];
  readonly execution?: {
    readonly id: string;
    readonly duration_ms?: number;
    readonly cpu_ms?: number;
    readonly memory_peak_bytes?: number;
    readonly environment?: string;
  };
}

export type StreamEvent =
  | { readonly kind: 'start'; readonly id: string }
  | { readonly kind: 'stdout' | 'stderr'; readonly text: string }
  | { readonly kind: 'end'; readonly answer: Answer };
