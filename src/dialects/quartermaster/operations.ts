import { z } from 'zod';
import type { Operation } from '../common/describe-dialect.ts';
import type { RunAnswer } from './answer.ts';
import type { Image } from './images.ts';
import { bodySchema as prebuildSchema } from './prebuilds.ts';
import { bodySchema as runSchema } from './read-run.ts';

const runAnswer = z.object({
  stdout: z.string(),
  stderr: z.string(),
  exit_code: z.number().int(),
  execution_time: z.number(),
  metadata: z.unknown(),
} satisfies Record<keyof RunAnswer, z.ZodType>);

const imageSchema: z.ZodType<Image> = z.object({
  id: z.string(),
  name: z.string(),
  description: z.string(),
  default_entrypoint: z.string(),
  file_extension: z.string(),
  main_file: z.string(),
});
const imagesAnswer = z.object({ images: z.array(imageSchema), default: z.string() });
const prebuilt = z.object({
  tag: z.string(),
  size_bytes: z.number().nullable(),
  created: z.string().nullable(),
  labels: z.record(z.string(), z.unknown()),
});
const built = z.object({
  tag: z.string(),
  base_image: z.string(),
  size_bytes: z.number().nullable(),
  layer_size_bytes: z.number().nullable(),
  status: z.literal('ready'),
});

export const quartermasterOperations: readonly Operation[] = [
  { method: 'get', path: '/', summary: 'Greets.', answer: z.object({ message: z.string() }) },
  { method: 'post', path: '/run', summary: 'Runs code in an image.', body: runSchema, answer: runAnswer },
  { method: 'get', path: '/runtimes', summary: 'Lists images.', answer: imagesAnswer },
  { method: 'get', path: '/images', summary: 'Lists images.', answer: imagesAnswer },
  { method: 'post', path: '/prebuild', summary: 'Builds an image.', body: prebuildSchema, answer: built },
  {
    method: 'get',
    path: '/prebuilds',
    summary: 'Lists prebuilt images.',
    answer: z.object({ prebuilds: z.array(prebuilt) }),
  },
  { method: 'get', path: '/prebuilds/{tag}', summary: 'Shows a prebuilt image.', answer: prebuilt },
  {
    method: 'delete',
    path: '/prebuilds/{tag}',
    summary: 'Deletes a prebuilt image.',
    answer: z.object({ status: z.literal('deleted'), tag: z.string() }),
  },
  {
    method: 'post',
    path: '/prebuilds/cleanup',
    summary: 'Deletes images that nobody used for `max_age_days`, 7 by default.',
    answer: z.object({ removed: z.array(z.string()), count: z.number().int() }),
  },
  {
    method: 'get',
    path: '/health',
    summary: 'Tells whether code can run.',
    answer: z.object({ status: z.literal('ok'), docker_connected: z.boolean(), auth_enabled: z.boolean() }),
  },
];
