import {
  buildCaps,
  buildRequestSchema,
  buildSources,
  DEFAULT_ENVIRONMENT,
  isGivenName,
  PLAIN_ENVIRONMENT,
  type BuildRequest,
} from '../contract/environment.ts';
import { nearest } from '../text/nearest.ts';
import { NpmComplaint } from './npm/complaint.ts';
import { toNpmProject } from './npm/npm-project.ts';
import { Refusal } from '../contract/refusal.ts';
import { RequirementComplaint } from './requirements/complaint.ts';
import { readRequirements } from './requirements/read-requirements.ts';
import { isRecord } from './is-record.ts';
import { nameType, quote } from '../text/words.ts';

/**
 * Rules of a request for a build: only the operator may rebuild the default environment and run foreign code in a
 * build.
 */
export interface BuildRules {
  readonly isOperator: boolean;
  /** Builds that callers may order: none, packages that come as wheels, or any. */
  readonly builds: 'off' | 'wheels' | 'all';
}

const fields = Object.keys(buildRequestSchema.shape);

/**
 * Converts a parsed body into a build that can be started.
 * @throws Refusal `invalid_input` that says what is wrong, `forbidden` for what the operator does not allow.
 */
export function readBuildRequest(body: unknown, rules: BuildRules): BuildRequest {
  refuseWhere(!isRecord(body), `The body must be a JSON object, not ${nameType(body)}.`);
  if (!rules.isOperator && rules.builds === 'off') {
    throw new Refusal('forbidden', 'Environments are not built for callers here.', {
      suggestions: ['The operator allows it with BRIG_BUILDS=wheels, or builds it: brig env build.'],
    });
  }
  const parsed = buildRequestSchema.safeParse(body);
  if (!parsed.success) throw toRefusal(parsed.error.issues);
  const request = parsed.data;
  checkSources(request);
  checkRights(request, rules);
  return request;
}

function checkSources(request: BuildRequest): void {
  const said = buildSources.filter((source) => request[source] !== undefined);
  const all = buildSources.map(quote).join(', ');
  refuseWhere(said.length !== 1, `Exactly one of ${all} says what is installed; ${said.length} are there.`);
  for (const source of ['requirements', 'lock', 'setup_script'] as const) {
    const text = request[source];
    if (text === undefined) continue;
    const bytes = new TextEncoder().encode(text).length;
    refuseWhere(
      bytes > buildCaps.textBytes,
      `${source} has ${bytes} bytes; at most ${buildCaps.textBytes} are taken.`,
    );
    refuseWhere(
      text.includes('\0') || !text.isWellFormed(),
      `${source} is no text: it holds NUL or a lone surrogate.`,
    );
  }
  if (request.runtime !== 'python') return checkNpm(request);
  if (request.setup_script === undefined) refuseComplaints(() => readRequirements(request));
}

/** Converts complaints into refusals. @throws Refusal with the complaint's message. */
function refuseComplaints(read: () => unknown): void {
  try {
    read();
  } catch (error) {
    if (!(error instanceof NpmComplaint || error instanceof RequirementComplaint)) throw error;
    throw new Refusal('invalid_input', error.message);
  }
}

function checkNpm(request: BuildRequest): void {
  refuseWhere(
    request.allow_source,
    'allow_source is for Python: packages of npm are installed without their install scripts.',
  );
  refuseWhere(
    request.preload.length > 0,
    `preload is for Python: no jails wait for runtime "${request.runtime}" with modules imported.`,
  );
  if (request.setup_script === undefined) refuseComplaints(() => toNpmProject(request));
}

function checkRights({ name, runtime, setup_script, allow_source }: BuildRequest, rules: BuildRules): void {
  refuseWhere(
    name === PLAIN_ENVIRONMENT,
    `"${PLAIN_ENVIRONMENT}" is the standard library alone: it is never built.`,
  );
  refuseWhere(
    name === DEFAULT_ENVIRONMENT && runtime !== 'python',
    `"${DEFAULT_ENVIRONMENT}" is what Python's scripts run in where nothing is said: packages for runtime "${runtime}" need another name.`,
  );
  if (rules.isOperator) return;
  if (isGivenName(name)) {
    throw new Refusal('forbidden', `Names such as "${name}" are given by the service: choose another.`);
  }
  const forbidden =
    name === DEFAULT_ENVIRONMENT
      ? `Only the operator builds "${DEFAULT_ENVIRONMENT}".`
      : (setup_script !== undefined || allow_source) && rules.builds !== 'all'
        ? 'Builds that run foreign code (setup_script, allow_source) are not allowed here.'
        : undefined;
  if (forbidden !== undefined) throw new Refusal('forbidden', forbidden);
}

function toRefusal(
  issues: readonly { code: string; path: PropertyKey[]; message: string; keys?: string[] }[],
): Refusal {
  const told = issues.slice(0, 5).flatMap(({ path, message, keys }) => {
    if (keys === undefined)
      return [`${path.length === 0 ? '' : `${path.map(String).join('.')}: `}${message}`];
    return keys.slice(0, 5).map((key) => {
      const [like] = nearest(key, fields, 1);
      return `Unknown field ${quote(key)}${like === undefined ? '' : `; did you mean "${like}"?`}`;
    });
  });
  return new Refusal('invalid_input', `${told.join('; ').replace(/[.?]$/, '')}.`, {
    suggestions: [`Fields of a build: ${fields.join(', ')}.`],
  });
}

function refuseWhere(condition: boolean, message: string): void {
  if (condition) throw new Refusal('invalid_input', message);
}
