import { createHash, createPrivateKey, createPublicKey, sign, verify, type KeyObject } from 'node:crypto';
import { z } from 'zod';
import { reportSchema, type Report } from '../result.ts';

/** A report with what proves that nobody changed it, and who vouches for it. */
export const sealedReportSchema = z.strictObject({
  report: reportSchema,
  /** SHA-256 of the report's JSON without white space, its members in the order in which they stand. */
  digest: z.string().regex(/^sha256:[0-9a-f]{64}$/),
  signature: z
    .strictObject({ algorithm: z.literal('ed25519'), publicKey: z.string(), value: z.base64() })
    .optional(),
});
export type SealedReport = z.infer<typeof sealedReportSchema>;

const toBytes = (report: unknown): Buffer => Buffer.from(JSON.stringify(report), 'utf8');
const toDigest = (report: unknown): string =>
  `sha256:${createHash('sha256').update(toBytes(report)).digest('hex')}`;
const toPem = (key: KeyObject): string => key.export({ type: 'spki', format: 'pem' }).toString();

/** @throws Error where the key is no Ed25519 key. */
export function sealReport(report: Report, privateKey?: string | Buffer): SealedReport {
  const digest = toDigest(report);
  if (privateKey === undefined) return { report, digest };
  const key = createPrivateKey(privateKey);
  if (key.asymmetricKeyType !== 'ed25519') throw new Error('A report is signed with an Ed25519 key.');
  const value = sign(null, toBytes(report), key).toString('base64');
  return {
    report,
    digest,
    signature: { algorithm: 'ed25519', publicKey: toPem(createPublicKey(key)), value },
  };
}

/**
 * Whether a report is as it was written: what is wrong with it, or nothing.
 *
 * @param publicKey the signer that is trusted; a signature by whichever key only says that nothing was changed since.
 */
export function checkSeal(text: string, publicKey?: string | Buffer): string | undefined {
  const sealed = sealedReportSchema.safeParse(JSON.parse(text));
  if (!sealed.success) return `It is no report: ${z.prettifyError(sealed.error)}`;
  // As it stands in the file: what a schema made of it may have another order.
  const { report } = JSON.parse(text) as { report: unknown };
  const { digest, signature } = sealed.data;
  if (toDigest(report) !== digest) return 'The digest is that of another report.';
  if (signature === undefined) return publicKey === undefined ? undefined : 'Nobody signed it.';
  if (publicKey !== undefined && toPem(createPublicKey(publicKey)) !== signature.publicKey)
    return 'Somebody else signed it.';
  const isGenuine = verify(
    null,
    toBytes(report),
    signature.publicKey,
    Buffer.from(signature.value, 'base64'),
  );
  return isGenuine ? undefined : 'The signature is that of another report.';
}
