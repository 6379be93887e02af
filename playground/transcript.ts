import { signal, type ReadonlySignal } from '@preact/signals';

export interface Chunk {
  readonly stream: 'stdout' | 'stderr';
  readonly text: string;
}

/** Characters shown: a script may print sixteen megabytes, which no page can lay out. */
const MAX_SHOWN = 400_000;

/** Output of one execution as it comes. */
export interface Transcript {
  readonly chunks: ReadonlySignal<readonly Chunk[]>;
  /** Characters at the beginning that are no longer shown. */
  readonly dropped: ReadonlySignal<number>;
  add(stream: Chunk['stream'], text: string): void;
  clear(): void;
}

/** @param schedule called with the function that shows new output; once per frame in a browser. */
export function createTranscript(
  schedule: (show: () => void) => void = (show) => void requestAnimationFrame(show),
): Transcript {
  const chunks = signal<readonly Chunk[]>([]);
  const dropped = signal(0);
  let pending: Chunk[] = [];
  let isScheduled = false;

  const show = (): void => {
    isScheduled = false;
    const joined = join([...chunks.value, ...pending]);
    pending = [];
    const { kept, cut } = keepEnd(joined);
    chunks.value = kept;
    dropped.value += cut;
  };
  return {
    chunks,
    dropped,
    add(stream, text) {
      pending.push({ stream, text });
      if (isScheduled) return;
      isScheduled = true;
      schedule(show);
    },
    clear() {
      pending = [];
      chunks.value = [];
      dropped.value = 0;
    },
  };
}

/** Joins neighbours of one stream, so that a script that prints letter by letter is one text. */
function join(chunks: readonly Chunk[]): Chunk[] {
  const joined: { stream: Chunk['stream']; texts: string[] }[] = [];
  for (const { stream, text } of chunks) {
    const last = joined.at(-1);
    if (last?.stream === stream) last.texts.push(text);
    else joined.push({ stream, texts: [text] });
  }
  return joined.map(({ stream, texts }) => ({ stream, text: texts.join('') }));
}

function keepEnd(chunks: readonly Chunk[]): { kept: Chunk[]; cut: number } {
  const total = chunks.reduce((sum, { text }) => sum + text.length, 0);
  let cut = Math.max(0, total - MAX_SHOWN);
  const removed = cut;
  const kept: Chunk[] = [];
  for (const chunk of chunks) {
    if (cut >= chunk.text.length) {
      cut -= chunk.text.length;
      continue;
    }
    kept.push(cut === 0 ? chunk : { ...chunk, text: chunk.text.slice(cut) });
    cut = 0;
  }
  return { kept, cut: removed };
}
