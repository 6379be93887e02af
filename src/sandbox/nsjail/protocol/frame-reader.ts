import { HEADER_BYTES, messages, messageTable, type HarnessMessage } from './messages.ts';

export interface HarnessFrame {
  readonly name: HarnessMessage;
  readonly payload: Buffer;
}

/** A file's size and path, or a figure's, its bytes, and the end of all files. */
export type FileTag = Extract<HarnessMessage, 'file' | 'figure' | 'data' | 'files_end'>;

const names: ReadonlyMap<string, HarnessMessage> = new Map(
  messageTable.flatMap(([name, { from, tag }]) =>
    from === 'harness' ? [[tag, name as HarnessMessage] as const] : [],
  ),
);

export interface FrameHandlers {
  /** Most bytes of a program's product, asked for when its header has come; undefined where none is expected. */
  productBytes?(): number | undefined;
  onFrame(frame: HarnessFrame): void;
  /** Something else than a frame; nothing is read any more. */
  onBreach(detail: string): void;
  /** A result, or a product, whose header announces more than its cap. */
  onOversizedResult(bytes: number): void;
}

/**
 * Reads frames from a channel that hostile code can write to: nothing is kept beyond the caps, unknown tags and
 * lengths end the reading. Feed it with `push`, which keeps no chunk: however small the pieces of a frame are, what is
 * there of it lies in one buffer.
 */
export function createFrameReader(
  resultBytes: number,
  handlers: FrameHandlers,
): { push(chunk: Buffer): void } {
  const capOf = (name: HarnessMessage): number | undefined => {
    if (name === 'product') return handlers.productBytes?.();
    return name === 'result' ? resultBytes : messages[name].mostBytes;
  };
  /** Its first `held` bytes are what is read and no frame yet. */
  let kept: Buffer = Buffer.alloc(0);
  let held = 0;
  let header: { name: HarnessMessage; length: number } | undefined;
  const state = { broken: false };

  const stop = (report: () => void): void => {
    state.broken = true;
    kept = Buffer.alloc(0);
    held = 0;
    report();
  };

  const readHeader = (bytes: Buffer): void => {
    const name = names.get(bytes.toString('latin1', 0, 1));
    const length = bytes.readUInt32BE(1);
    const cap = name && capOf(name);
    if (name === undefined || cap === undefined) return stop(() => handlers.onBreach('an unknown frame'));
    if (length <= cap) {
      header = { name, length };
      return;
    }
    stop(() =>
      name === 'result' || name === 'product'
        ? handlers.onOversizedResult(length)
        : handlers.onBreach('an oversized frame'),
    );
  };

  const append = (chunk: Buffer): void => {
    const needed = held + chunk.length;
    if (needed > kept.length) {
      const larger = Math.min(2 * kept.length, header?.length ?? 0);
      const grown = Buffer.allocUnsafeSlow(Math.max(needed, larger));
      kept.copy(grown, 0, 0, held);
      kept = grown;
    }
    chunk.copy(kept, held);
    held = needed;
  };

  const take = (length: number): Buffer => {
    const payload = kept.subarray(0, length);
    kept = kept.subarray(length);
    held -= length;
    return payload;
  };

  return {
    push: (chunk) => {
      if (state.broken) return;
      append(chunk);
      while (!state.broken) {
        if (header === undefined) {
          if (held < HEADER_BYTES) return;
          readHeader(take(HEADER_BYTES));
        } else {
          if (held < header.length) return;
          const { name, length } = header;
          header = undefined;
          handlers.onFrame({ name, payload: take(length) });
        }
      }
    },
  };
}
