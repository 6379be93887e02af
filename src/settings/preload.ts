import { z } from 'zod';
import { importedModuleListSchema } from '../core/contract/environment.ts';
import { setting, words } from './setting.ts';

/** Modules that warm jails have imported already. */
export const preloadSettings = {
  preload: setting(
    'BRIG_PRELOAD',
    words.pipe(importedModuleListSchema),
    undefined,
    'modules',
    'Modules that waiting jails of the default environment have imported already, with commas between; by default what it was built with (numpy, pandas). Those that it does not have are passed over.',
    ['ALLOWED_MODULES'],
  ),
  withoutPreload: setting(
    'BRIG_BYPASS_PRELOAD',
    z
      .string()
      .transform((text) => text.toLowerCase())
      .pipe(z.enum(['true', 'false']))
      .transform((text) => text === 'true'),
    'false',
    'true or false',
    'Whether no jail waits with modules imported.',
    ['BYPASS_SETUP'],
  ),
} as const;
