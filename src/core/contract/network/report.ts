import { z } from 'zod';
import { addressKinds, type AddressKind } from './addresses.ts';

/** Why a connection was not made, or was ended. */
export const networkRefusals = {
  malformed: 'The proxy was asked for something that is no host and port, or no request.',
  not_allowed: 'The request did not ask for this host and port, or the operator does not allow it.',
  unresolved: 'The name has no address.',
  address_refused:
    'The name has addresses that no script reaches: those of private networks, of this machine, and the like.',
  unreachable: 'Nobody answered at the address, or it refused.',
  bad_answer: 'The host answered the proxy with something that is no HTTP.',
  too_many_at_once: 'The execution had as many connections as it may have at once.',
  too_many: 'The execution had made as many connections as it may make.',
  too_many_bytes: 'The execution had sent or received as many bytes as it may.',
  idle: 'Nothing went through for too long, so the connection was ended.',
  service_full: 'The service had as many connections as it may have for all executions.',
} as const;
export type NetworkRefusal = keyof typeof networkRefusals;
const refusalNames = Object.keys(networkRefusals) as [NetworkRefusal, ...NetworkRefusal[]];

/** Most different refusals that a report spells out: a script can ask for a million names. */
export const MOST_REFUSALS = 20;
/** Longest name in a refusal, in characters: a script may have written it. */
export const MOST_TARGET = 262;

const traffic = {
  connections: z.number().int().meta({ description: 'Connections that were made.' }),
  bytes_sent: z.number().int().meta({ description: 'Bytes to the host.' }),
  bytes_received: z.number().int().meta({ description: 'Bytes from the host.' }),
};

const refusalSchema = z.object({
  target: z.string().meta({ description: 'Host and port, as the script named them.' }),
  reason: z.enum(refusalNames).meta({ description: 'Why, in a word.' }),
  address: z
    .enum([...addressKinds, 'own'] as [AddressKind | 'own', ...(AddressKind | 'own')[]])
    .optional()
    .meta({ description: 'With `address_refused`: what the address is.' }),
  count: z.number().int().meta({ description: 'How often.' }),
});
export type CountedRefusal = z.infer<typeof refusalSchema>;

/** Traffic through the doors of an execution. */
export const networkReportSchema = z.object({
  doors: z
    .array(
      z.object({
        door: z.string().meta({ description: 'A host and port, or `proxy`.' }),
        ...traffic,
      }),
    )
    .meta({ description: 'Where a script could go out, each with what went through.' }),
  refusals: z
    .array(refusalSchema)
    .meta({ description: 'What did not go through; `suggestions` has it in words.' }),
  refusals_left_out: z.number().int().meta({ description: 'Refusals beyond those that are listed.' }),
});
export type NetworkReport = z.infer<typeof networkReportSchema>;
