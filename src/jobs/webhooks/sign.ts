import { createHmac } from 'node:crypto';

export interface SignedMessage {
  /** The same for every try. */
  readonly id: string;
  readonly body: string;
}

/** Returns the headers of Standard Webhooks: id, time and signature of a message. @param seconds since 1970. */
export function signMessage(
  { id, body }: SignedMessage,
  secret: string,
  seconds: number,
): Readonly<Record<string, string>> {
  const timestamp = String(Math.floor(seconds));
  const key = Buffer.from(secret.slice(secret.indexOf('_') + 1), 'base64');
  const signature = createHmac('sha256', key).update(`${id}.${timestamp}.${body}`).digest('base64');
  return { 'webhook-id': id, 'webhook-timestamp': timestamp, 'webhook-signature': `v1,${signature}` };
}
