import { promisify } from 'node:util';
import { deserialize, serialize } from 'node:v8';
import { zstdCompress, zstdDecompress } from 'node:zlib';

const compress = promisify(zstdCompress);
const decompress = promisify(zstdDecompress);

/** Bytes from which compression is worth its time. */
const LARGE = 1024;

/** First byte of a packed value: how it is packed. */
const PLAIN = 1;
const COMPRESSED = 2;

/** Packs a value for Redis. V8's format keeps bytes, and every text as it is. */
export async function pack(value: object): Promise<Buffer> {
  const plain = serialize(value);
  if (plain.length < LARGE) return Buffer.concat([Uint8Array.of(PLAIN), plain]);
  return Buffer.concat([Uint8Array.of(COMPRESSED), await compress(plain)]);
}

/** @throws Error for bytes of another version of Brig. */
export async function unpack(packed: Buffer): Promise<unknown> {
  const [kind] = packed;
  const rest = packed.subarray(1);
  if (kind === PLAIN) return deserialize(rest);
  if (kind === COMPRESSED) return deserialize(await decompress(rest));
  throw new Error(`a value in Redis is packed in a way (${kind}) that this version does not know`);
}
