import { z } from 'zod';
import {
  deniedFunctionSchema,
  deniedModuleSchema,
  MOST_DENIED,
  policyModes,
} from '../core/contract/policy/policy.ts';
import { setting, words } from './setting.ts';

/** Policies for scripts before they run. */
export const policySettings = {
  defaultPolicy: setting(
    'BRIG_DEFAULT_POLICY',
    z.enum(policyModes),
    'off',
    'mode',
    'Policy mode where a request names none: `off`, `report` or `enforce`.',
  ),
  minPolicy: setting(
    'BRIG_MIN_POLICY',
    z.enum(policyModes),
    'off',
    'mode',
    'Laxest policy mode a request may ask for; it holds for those that name none, too.',
  ),
  denyModules: setting(
    'BRIG_DENY_MODULES',
    words.pipe(z.array(deniedModuleSchema).max(MOST_DENIED)),
    '',
    'modules',
    'Modules that every policy denies beside the built-in ones, with commas between.',
  ),
  denyFunctions: setting(
    'BRIG_DENY_FUNCTIONS',
    words.pipe(z.array(deniedFunctionSchema).max(MOST_DENIED)),
    '',
    'functions',
    'Functions that every policy denies beside the built-in ones, with commas between.',
  ),
} as const;
