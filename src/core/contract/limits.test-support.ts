import type { Limits } from './limits.ts';

/** Limits of requests in tests. */
export const limits: Limits = {
  timeout: 10,
  cpu_time: 10,
  memory_mb: 256,
  cpus: 1,
  processes: 64,
  output_bytes: 1024,
  disk_mb: 64,
  open_files: 256,
};
