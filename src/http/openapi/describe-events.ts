import { z } from 'zod';

/** Describes the events of a stream in a sentence each, because OpenAPI 3.1 cannot express them. */
export const describeEvents = (events: Readonly<Record<string, z.ZodType>>): z.ZodString =>
  z.string().meta({
    description: Object.entries(events)
      .map(([name, schema]) => `Event \`${name}\`: ${schema.meta()?.description ?? ''}`)
      .join(' '),
  });

/** The same where every answer is a stream: readers of documents take the schema for that of one event. */
export const describeEventStream = (events: Readonly<Record<string, z.ZodType>>): z.ZodUnknown =>
  z.unknown().meta({ description: describeEvents(events).meta()?.description });
