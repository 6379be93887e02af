import { join } from 'node:path';
import { packageRoot } from '../../../paths.ts';
import type { JailKindName } from '../../jail-kind.ts';
import { LOG_FD } from '../descriptors.ts';
import { planPolicy } from '../filter/read-policy.ts';
import type { OutsideIds } from '../ids.ts';
import { jailPaths } from '../image/layout.ts';
import { CONTROL_FD, NOTHING_FD } from '../image/nursery-layout.ts';
import { nurseryPolicy } from '../kinds.ts';
import { INSIDE_ID, planCertificates, planInterpreter, planVariables, type JailPlanInput } from '../plan.ts';
import type { IdRange } from '../subordinate-ids.ts';

/** Everything that decides how the outer jail of a nursery is started. Jails with the same come from the same. */
export interface OuterPlan {
  readonly nsjail: string;
  readonly kind: JailKindName;
  readonly packages: JailPlanInput['packages'];
  readonly certificates?: JailPlanInput['certificates'];
  /** Own id of the nursery, and those of its jails; undefined where they are the same. */
  readonly ids: OutsideIds;
  readonly range: IdRange | undefined;
  /** Folder of compiled programs, of which each jail sees one. */
  readonly programs: string | undefined;
  /** True when each jail has device nodes of its own. */
  readonly hasNodes: boolean;
  /** Undefined for a nursery that starts each interpreter anew. */
  readonly template: TemplatePlan | undefined;
}

/** The interpreter from which those of jails are forked. */
export interface TemplatePlan extends Pick<JailPlanInput, 'interpreter' | 'preload' | 'variables'> {}

/** Place of compiled programs, which the working directory of each jail covers. */
export const PROGRAMS = jailPaths.workDir;

const inPackage = (name: string): string => join(packageRoot, 'nsjail', name);
const OWN_NODES = inPackage('nursery.cfg');
const HOST_NODES = inPackage('nursery-shared.cfg');
const TEMPLATE_OWN_NODES = inPackage('template.cfg');
const TEMPLATE_HOST_NODES = inPackage('template-shared.cfg');

const configs = (isTemplate: boolean): { own: string; shared: string } =>
  isTemplate
    ? { own: TEMPLATE_OWN_NODES, shared: TEMPLATE_HOST_NODES }
    : { own: OWN_NODES, shared: HOST_NODES };

/** Returns every file that may define the outer jail of a kind. */
export const nurseryFiles = (kind: JailKindName, isTemplate: boolean): string[] => [
  ...Object.values(configs(isTemplate)),
  ...Object.values(nurseryPolicy(kind)),
];

/** Returns the command that starts the outer jail of a nursery. */
export function planOuter({
  nsjail,
  kind,
  packages,
  certificates,
  ids,
  range,
  programs,
  hasNodes,
  template,
}: OuterPlan): [string, ...string[]] {
  const config = configs(template !== undefined);
  return [
    nsjail,
    '--config',
    hasNodes ? config.own : config.shared,
    ...planPolicy(nurseryPolicy(kind)),
    // As for a plain jail.
    '--rw',
    ...planMaps(ids, range),
    '--log_fd',
    String(LOG_FD),
    '--pass_fd',
    String(CONTROL_FD),
    ...(packages === undefined ? [] : ['--bindmount_ro', `${packages.folder}:${packages.place}`]),
    ...planCertificates(certificates),
    ...(programs === undefined ? [] : ['--bindmount_ro', `${programs}:${PROGRAMS}`]),
    ...(template === undefined ? ['--', jailPaths.nursery] : planTemplate(template)),
  ];
}

const planTemplate = ({ interpreter, preload, variables }: TemplatePlan): string[] => [
  '--pass_fd',
  String(NOTHING_FD),
  ...planVariables(variables),
  '--',
  ...planInterpreter(interpreter, ['--template', ...preload]),
];

/**
 * Maps the id of the nursery, and the ids of all jails beside it to the same numbers, so that each step says which
 * user of the host it means. nsjail runs the nursery as the first.
 */
function planMaps(own: OutsideIds, range: IdRange | undefined): string[] {
  const [user, group] = own.isSubordinate ? ['--uid_mapping', '--gid_mapping'] : ['--user', '--group'];
  if (range === undefined) return [user, `${INSIDE_ID}:${own.uid}:1`, group, `${INSIDE_ID}:${own.gid}:1`];
  return [
    ...splitAround(own.uid, range.uid, range.count).flatMap((map) => [user, map]),
    ...splitAround(own.gid, range.gid, range.count).flatMap((map) => [group, map]),
  ];
}

/** Returns maps of one id, which comes first, and of those of its range before and after it. */
function splitAround(own: number, first: number, count: number): string[] {
  const parts = [
    [own, 1],
    [first, own - first],
    [own + 1, first + count - own - 1],
  ] as const;
  return parts.filter(([, length]) => length > 0).map(([from, length]) => `${from}:${from}:${length}`);
}
