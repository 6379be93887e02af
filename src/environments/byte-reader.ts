/** Reads a stream of chunks as lines and as runs of bytes. */
export interface ByteReader {
  /**
   * Returns the text up to the next newline; undefined at the end. @throws Error when the line is longer than `most`.
   */
  readLine(most: number): Promise<string | undefined>;
  /** Returns exactly `size` bytes. @throws Error when fewer are left. */
  read(size: number): Promise<Uint8Array>;
}

const NEWLINE = 10;

export function createByteReader(chunks: AsyncIterable<Uint8Array>): ByteReader {
  const source = chunks[Symbol.asyncIterator]();
  let rest = Buffer.alloc(0);
  let isAtEnd = false;

  /** Appends the next chunk to the buffer; returns false at the end. */
  const pull = async (): Promise<boolean> => {
    if (isAtEnd) return false;
    const { done, value } = await source.next();
    if (done === true) {
      isAtEnd = true;
      return false;
    }
    rest = rest.length === 0 ? Buffer.from(value) : Buffer.concat([rest, value]);
    return true;
  };

  const take = (size: number): Buffer => {
    const taken = rest.subarray(0, size);
    rest = rest.subarray(size);
    return taken;
  };

  return {
    readLine: async (most) => {
      for (;;) {
        const end = rest.indexOf(NEWLINE);
        if (end !== -1 && end <= most) return take(end + 1).toString('utf8', 0, end);
        if (rest.length > most) throw new Error('a line is too long');
        if (!(await pull())) {
          if (rest.length > 0) throw new Error('the last line has no end');
          return undefined;
        }
      }
    },
    read: async (size) => {
      const parts: Buffer[] = [];
      let left = size;
      while (left > 0) {
        if (rest.length === 0 && !(await pull())) throw new Error('the stream ended early');
        const part = take(Math.min(left, rest.length));
        parts.push(part);
        left -= part.length;
      }
      return parts.length === 1 && parts[0] !== undefined ? parts[0] : Buffer.concat(parts);
    },
  };
}
