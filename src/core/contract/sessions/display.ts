import { z } from 'zod';
import { toJsonText, type JsonText } from '../outcome.ts';

/** Bounds of the results of one cell, besides the cap of all results together. */
export const displayCaps = {
  /** Results; one more may say that there were more. */
  count: 100,
  parts: 20,
  headBytes: 16 * 1024,
  typeLength: 100,
  /** Bytes of a value of JSON, which is checked at once. */
  jsonBytes: 256 * 1024,
} as const;

/** One form of a result: text (bytes are base64), or a value of JSON as the script wrote it. */
export type DisplayPart =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'json'; readonly json: JsonText };

/** One result of a cell: the value of its last expression, something that it displayed, or a figure. */
export interface Display {
  /** True for the value of the cell's last expression. */
  readonly main: boolean;
  /** By media type. */
  readonly data: Readonly<Record<string, DisplayPart>>;
  /** Bytes of the forms that were left out, because results have a cap. */
  readonly omitted: Readonly<Record<string, number>>;
}

/** Format of a result on the wire. */
export const displaySchema = z.object({
  main: z.boolean().meta({ description: 'Whether it is the value of the last expression.' }),
  data: z.record(z.string(), z.unknown()).meta({
    description:
      'Its forms by media type: text, base64 where the form is bytes (`image/png`), or a value (`application/json`). Hostile like all that a script says: show HTML only where it can do no harm.',
  }),
  omitted: z.record(z.string(), z.int()).optional().meta({
    description: 'Forms that were left out with their bytes, because all results together have a cap.',
  }),
});

const headSchema = z.object({
  main: z.boolean(),
  parts: z
    .array(
      z.object({
        type: z
          .string()
          .regex(/^[\x21-\x7e]+$/)
          .max(displayCaps.typeLength),
        bytes: z.int().min(0),
        json: z.boolean(),
        omitted: z.literal(true).optional(),
      }),
    )
    .max(displayCaps.parts),
});

/**
 * Reads a result as the jail sends it: four bytes of length (big endian), a head of JSON, the bytes of its parts. It
 * shares its process with the script, so any byte may be the script's. Returns undefined when it is malformed.
 */
export function readDisplay(payload: Buffer): Display | undefined {
  const headBytes = payload.length < 4 ? Infinity : payload.readUInt32BE();
  if (headBytes > Math.min(displayCaps.headBytes, payload.length - 4)) return undefined;
  const head = parseHead(payload.toString('utf8', 4, 4 + headBytes));
  if (head === undefined) return undefined;
  const data: [string, DisplayPart][] = [];
  const omitted: [string, number][] = [];
  let at = 4 + headBytes;
  for (const { type, bytes, json, omitted: isOmitted } of head.parts) {
    if (isOmitted === true) {
      omitted.push([type, bytes]);
      continue;
    }
    if (bytes > payload.length - at) return undefined;
    const part = readPart(payload.subarray(at, at + bytes), json);
    if (part === undefined) return undefined;
    data.push([type, part]);
    at += bytes;
  }
  if (at !== payload.length) return undefined;
  return { main: head.main, data: Object.fromEntries(data), omitted: Object.fromEntries(omitted) };
}

function readPart(bytes: Buffer, isJson: boolean): DisplayPart | undefined {
  if (!isJson) return { kind: 'text', text: bytes.toString('utf8') };
  const json = bytes.length > displayCaps.jsonBytes ? undefined : toJsonText(bytes.toString('utf8'));
  return json && { kind: 'json', json };
}

function parseHead(text: string): z.infer<typeof headSchema> | undefined {
  try {
    return headSchema.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}
