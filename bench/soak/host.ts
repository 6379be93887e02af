import { readdirSync } from 'node:fs';
import { execa } from 'execa';

/** The open descriptors of a process; none of one that has ended. */
export function listDescriptors(pid: number): readonly string[] {
  try {
    return readdirSync(`/proc/${pid}/fd`);
  } catch {
    return [];
  }
}

/** Bytes of blocks below a folder; what is removed meanwhile does not count. */
export async function sizeOfFolder(folder: string): Promise<number> {
  const { stdout } = await execa('du', ['-sk', folder], { reject: false, stderr: 'ignore' });
  return Number(/^\d+/.exec(stdout)?.[0] ?? 0) * 1024;
}
