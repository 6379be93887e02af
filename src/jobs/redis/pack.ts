import { promisify } from 'node:util';
import { deserialize, serialize } from 'node:v8';
import { zstdCompress, zstdDecompress } from 'node:zlib';
import type { Outcome, RefusalBody } from '../../core/contract/outcome.ts';
import type { JobOrder } from '../jobs.ts';

const compress = promisify(zstdCompress);
const decompress = promisify(zstdDecompress);

/** Bytes from which compression is worth its time. */
const LARGE = 1024;

/** First byte of a packed value: how it is packed. */
const PLAIN = 1;
const COMPRESSED = 2;

/** Packs a value for Redis. V8's format keeps bytes, and every text as it is. */
async function pack(value: object): Promise<Buffer> {
  const plain = serialize(value);
  if (plain.length < LARGE) return Buffer.concat([Uint8Array.of(PLAIN), plain]);
  return Buffer.concat([Uint8Array.of(COMPRESSED), await compress(plain)]);
}

/** @throws Error for bytes of another version of Brig. */
async function unpack(packed: Buffer): Promise<unknown> {
  const [kind] = packed;
  const rest = packed.subarray(1);
  if (kind === PLAIN) return deserialize(rest);
  if (kind === COMPRESSED) return deserialize(await decompress(rest));
  throw new Error(`a value in Redis is packed in a way (${kind}) that this version does not know`);
}

/** A caller's callbacks stay in its process. */
export const packOrder = ({ caller, ...order }: JobOrder): Promise<Buffer> =>
  pack({ ...order, caller: { ...caller, owe: undefined } });
export const unpackOrder = async (packed: Buffer): Promise<JobOrder> => (await unpack(packed)) as JobOrder;
export const packOutcome = (outcome: Outcome | RefusalBody): Promise<Buffer> => pack(outcome);
export const unpackOutcome = async (packed: Buffer): Promise<Outcome | RefusalBody> =>
  (await unpack(packed)) as Outcome | RefusalBody;
