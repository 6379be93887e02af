import { z } from 'zod';

/** A rate: requests in a window of so many seconds. */
export interface Rate {
  readonly requests: number;
  readonly seconds: number;
}

const units = { s: 1, m: 60, h: 60 * 60, d: 24 * 60 * 60 } as const;
const pattern = /^(\d{1,9})\/(\d{0,5})([smhd])$/;
const longest = units.d;

/** Parses `60/m`, `5/s`, `100/15m`: requests, and their window. Returns undefined for anything else. */
export function parseRate(text: string): Rate | undefined {
  const [, requests = '', times = '', unit = 's'] = pattern.exec(text) ?? [];
  const rate = {
    requests: Number(requests),
    seconds: Number(times || 1) * units[unit as keyof typeof units],
  };
  return rate.requests > 0 && rate.seconds > 0 && rate.seconds <= longest ? rate : undefined;
}

export const rateSchema = z
  .string()
  .refine(
    (text) => parseRate(text) !== undefined,
    'a rate is requests/window, such as 60/m, 5/s or 100/15m; the window is at most a day',
  );
