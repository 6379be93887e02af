import { runTool } from '../../host/process.ts';

/** Flushes a folder's file system to disk (syncfs(2)). @throws Error when the disk is full or broken. */
export async function syncFileSystem(folder: string): Promise<void> {
  const { ok, stderr } = await runTool('sync', ['-f', folder]);
  if (ok) return;
  const error: NodeJS.ErrnoException = new Error(`sync failed: ${stderr.trim()}`);
  if (/No space left|quota exceeded/i.test(stderr)) error.code = 'ENOSPC';
  throw error;
}
