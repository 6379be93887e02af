import { z } from 'zod';

/**
 * How a jail comes to be, the strongest first. `nsjail`: nsjail makes each. `nursery`: a process in an outer jail
 * makes it of a copy of itself, with the same namespaces, limits and filter; its interpreter is a fresh one too.
 */
export const isolations = ['nsjail', 'nursery'] as const;
export type Isolation = (typeof isolations)[number];

export const isolationSchema = z.enum(isolations);
