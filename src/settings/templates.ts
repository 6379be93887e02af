import { count, seconds, setting } from './setting.ts';

/** Bounds of templates, with `BRIG_ISOLATION=template`. */
export const templateSettings = {
  templateMemoryMb: setting(
    'BRIG_TEMPLATE_MEMORY_MB',
    count.min(32),
    '512',
    'MiB',
    'Memory of one template with its modules, which no script is charged for.',
  ),
  templateJails: setting(
    'BRIG_TEMPLATE_JAILS',
    count,
    '2000',
    'jails',
    'Jails of one template; then a new one takes its place, with other addresses.',
  ),
  templateAge: setting(
    'BRIG_TEMPLATE_AGE',
    seconds,
    '1800',
    'seconds',
    'Age of a template at which a new one takes its place.',
  ),
} as const;
