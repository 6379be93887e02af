import { HEADER_BYTES, messages, messageTable, type HarnessMessage } from './messages.ts';

export interface HarnessFrame {
  readonly name: HarnessMessage;
  readonly payload: Buffer;
}

/** Messages about returned files: the header of a file or figure, its bytes, and the end of all files. */
export type FileTag = Extract<HarnessMessage, 'file' | 'figure' | 'data' | 'files_end'>;

const names: ReadonlyMap<string, HarnessMessage> = new Map(
  messageTable.flatMap(([name, { from, tag }]) =>
    from === 'harness' ? [[tag, name as HarnessMessage] as const] : [],
  ),
);

export interface FrameHandlers {
  /** Returns the maximum bytes of a program's product, when its header arrives; undefined when none is expected. */
  productBytes?(): number | undefined;
  onFrame(frame: HarnessFrame): void;
  /** Called when the bytes are no valid frame; nothing is read after it. */
  onBreach(detail: string): void;
  /** Called when the header of a result or product announces more than its cap. */
  onOversizedResult(bytes: number): void;
}

/**
 * Reads frames from a channel that hostile code can write to. Keeps nothing beyond the caps; an unknown tag or an
 * excessive length ends the reading. `push` copies each chunk, so that a frame in many small pieces takes one buffer.
 */
export function createFrameReader(
  resultBytes: number,
  handlers: FrameHandlers,
): { push(chunk: Buffer): void } {
  const capOf = (name: HarnessMessage): number | undefined => {
    if (name === 'product') return handlers.productBytes?.();
    return name === 'result' || name === 'display' ? resultBytes : messages[name].mostBytes;
  };
  /** Its first `held` bytes arrived and are not part of a complete frame yet. */
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
      name === 'result' || name === 'product' || name === 'display'
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
