import type { Outcome, RefusalBody } from '../../core/contract/outcome.ts';
import { pack, unpack } from '../../redis/pack.ts';
import type { JobOrder } from '../jobs.ts';

/** A caller's callbacks stay in its process. */
export const packOrder = ({ caller, ...order }: JobOrder): Promise<Buffer> =>
  pack({ ...order, caller: { ...caller, owe: undefined } });
export const unpackOrder = async (packed: Buffer): Promise<JobOrder> => (await unpack(packed)) as JobOrder;
export const packOutcome = (outcome: Outcome | RefusalBody): Promise<Buffer> => pack(outcome);
export const unpackOutcome = async (packed: Buffer): Promise<Outcome | RefusalBody> =>
  (await unpack(packed)) as Outcome | RefusalBody;
