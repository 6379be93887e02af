import { z } from 'zod';

/** Describes the events of a stream in a sentence each, because OpenAPI 3.1 cannot express them. */
export const describeEvents = (events: Readonly<Record<string, z.ZodType>>): z.ZodString =>
  z.string().meta({
    description: Object.entries(events)
      .map(([name, schema]) => `Event \`${name}\`: ${schema.meta()?.description ?? ''}`)
      .join(' '),
  });
