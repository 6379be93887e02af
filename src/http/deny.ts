import type { Context } from 'hono';
import type { Denial } from '../keys/authenticate.ts';
import type { AppEnv, RequestLabel } from './app-env.ts';
import { readAddress } from './caller.ts';
import type { OriginComplaint } from './judge-origin.ts';
import { respondRefusal } from './respond-refusal.ts';
import { labelRequest } from './watch-request.ts';

/** Denial of a request, by its key or by its origin. */
export type DoorDenial = Omit<Denial, 'reason'> & Pick<Denial | OriginComplaint, 'reason'>;

/** Answers a denied request. */
export type DenialResponder = (c: Context<AppEnv>, denial: DoorDenial) => Response;

/** A denial, for the log. */
export interface DenialEvent extends RequestLabel {
  readonly reason: DoorDenial['reason'];
  readonly address: string;
  /** Name of the key, if it is certain. */
  readonly key: string | undefined;
  /** True for one of many similar denials, which the log need not repeat. */
  readonly isRepeated: boolean;
}

export interface DenierOptions {
  /** Responders of paths such as `/dialects/example/`; other paths get Brig's own. */
  readonly responders?: Readonly<Record<string, DenialResponder>> | undefined;
  readonly onDenial?: ((event: DenialEvent) => void) | undefined;
}

/** Creates a responder that logs a denial, and answers in the format of the path's contract. */
export function createDenier({ responders = {}, onDenial }: DenierOptions): DenialResponder {
  const prefixes = Object.keys(responders);
  return (c, denial) => {
    const { reason, key, isRepeated } = denial;
    onDenial?.({
      ...labelRequest(c),
      ...{ reason, address: readAddress(c), key, isRepeated: isRepeated === true },
    });
    const prefix = prefixes.find((path) => c.req.path.startsWith(path)) ?? '';
    return (responders[prefix] ?? respondDenial)(c, denial);
  };
}

/** Answers in the usual format of a refusal. */
export const respondDenial: DenialResponder = (c, { refusal }) => respondRefusal(c, refusal);
