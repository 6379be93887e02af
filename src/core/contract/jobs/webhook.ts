import { z } from 'zod';

/** A secret as Standard Webhooks writes it: 24 to 64 bytes in base64. */
export const webhookSecretSchema = z
  .string()
  .max(100)
  .regex(/^whsec_[A-Za-z0-9+/]{32,86}={0,2}$/, 'must be whsec_ and 24 to 64 random bytes in base64');

export const webhookSchema = z.strictObject({
  url: z.string().min(1).max(2048).meta({
    description:
      'Where the job is sent once it is final: https, or http to a host that the operator names. Redirects are not followed.',
  }),
  secret: webhookSecretSchema.optional().meta({
    description:
      "Signs what is sent: `whsec_` and 24 to 64 random bytes in base64. By default the operator's.",
  }),
});
export type Webhook = z.output<typeof webhookSchema>;

export const deliveryStates = ['pending', 'delivered', 'failed'] as const;

/** Fate of a job's webhook. */
export const deliverySchema = z.object({
  state: z.enum(deliveryStates).meta({
    description:
      '`pending` until the job is final and its receiver took it; `failed` when it is not tried again.',
  }),
  attempts: z.int().meta({ description: 'How many times it was sent.' }),
  status: z.int().optional().meta({ description: 'HTTP status of the last answer, where there was one.' }),
});
export type Delivery = z.infer<typeof deliverySchema>;
