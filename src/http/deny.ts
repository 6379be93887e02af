import type { Context } from 'hono';
import type { Denial } from '../keys/authenticate.ts';
import type { AppEnv, RequestLabel } from './app-env.ts';
import { readAddress } from './caller.ts';
import type { OriginComplaint } from './judge-origin.ts';
import { respondRefusal } from './respond-refusal.ts';
import { labelRequest } from './watch-request.ts';

/** Why somebody is not let in: by their key, or by where their request comes from. */
export type DoorDenial = Omit<Denial, 'reason'> & Pick<Denial | OriginComplaint, 'reason'>;

/** Answers somebody who is not let in. */
export type DenialResponder = (c: Context<AppEnv>, denial: DoorDenial) => Response;

/** Somebody was not let in, for the log. */
export interface DenialEvent extends RequestLabel {
  readonly reason: DoorDenial['reason'];
  readonly address: string;
  /** The key's name, where that is sure. */
  readonly key: string | undefined;
}

export interface DenierOptions {
  /** How denials are answered below a path, `/dialects/example/` for example; ours elsewhere. */
  readonly responders?: Readonly<Record<string, DenialResponder>> | undefined;
  readonly onDenial?: ((event: DenialEvent) => void) | undefined;
}

/** Tells the log of a denial, and answers it in the shape of the doors below the request's path. */
export function createDenier({ responders = {}, onDenial }: DenierOptions): DenialResponder {
  const prefixes = Object.keys(responders);
  return (c, denial) => {
    const { reason, key, isRepeated } = denial;
    if (isRepeated !== true) onDenial?.({ ...labelRequest(c), reason, address: readAddress(c), key });
    const prefix = prefixes.find((path) => c.req.path.startsWith(path)) ?? '';
    return (responders[prefix] ?? respondDenial)(c, denial);
  };
}

/** In the usual shape of a refusal. */
export const respondDenial: DenialResponder = (c, { refusal }) => respondRefusal(c, refusal);
