import { z } from 'zod';

/** OpenAPI 3.1 has no word for the events of a stream: they are told in a sentence each. */
export const describeEvents = (events: Readonly<Record<string, z.ZodType>>): z.ZodString =>
  z.string().meta({
    description: Object.entries(events)
      .map(([name, schema]) => `Event \`${name}\`: ${schema.meta()?.description ?? ''}`)
      .join(' '),
  });
