import type { Evidence } from '../../contract/evidence.ts';
import type { ErrorReport } from '../../contract/harness-report.ts';
import type { ClassifyContext } from '../context.ts';
import { suggestForDisplay } from './displays.ts';
import { suggestForArguments, suggestForTypes } from './calls.ts';
import { suggestForModule } from './imports.ts';
import { suggestForKilledProcess } from './limits.ts';
import { suggestForLogic } from './logic.ts';
import {
  suggestForAttribute,
  suggestForImportedName,
  suggestForKey,
  suggestForName,
  suggestForParameter,
  suggestForUnbound,
} from './names.ts';
import { suggestForRefusals } from './network.ts';
import { suggestForSurroundings } from './surroundings.ts';

type Exception = Extract<ErrorReport, { kind: 'runtime_error' }>;

/** Returns suggestions about an uncaught exception; at least the place to look at. */
export function suggestForException(
  report: Exception,
  evidence: Evidence,
  context: ClassifyContext,
): string[] {
  // Installing a package would not help.
  const forDisplay = suggestForDisplay(report);
  if (forDisplay.length > 0) return [...forDisplay, ...pointTo(report)];
  return [
    ...suggestForRefusals(evidence),
    ...suggestForMissing(report, context),
    ...suggestForTypeError(report, evidence, context),
    ...suggestForSurroundings(report, evidence, context),
    ...suggestForLogic(report, evidence.mode),
    // A child that was killed often shows as an error of its parent.
    ...suggestForKilledProcess(evidence.limits, evidence.usage, context.ceilings),
    ...pointTo(report),
  ];
}

function suggestForMissing({ missing, type, message }: Exception, context: ClassifyContext): string[] {
  if (type === 'UnboundLocalError') return suggestForUnbound(message);
  switch (missing?.what) {
    case 'name':
      return suggestForName(missing, context);
    case 'attribute':
      return suggestForAttribute(missing);
    case 'module':
      return suggestForModule(missing, context);
    case 'import':
      return suggestForImportedName(missing);
    case 'key':
      return suggestForKey(missing);
    case 'parameter':
      return suggestForParameter(missing, context.functionName);
    case undefined:
      return [];
  }
}

function suggestForTypeError(
  { type, message }: Exception,
  { mode }: Evidence,
  { functionName }: ClassifyContext,
): string[] {
  if (type !== 'TypeError') return [];
  const forArguments = mode === 'function' ? suggestForArguments(message, functionName) : [];
  return forArguments.length > 0 ? forArguments : suggestForTypes(message);
}

function pointTo({ location, traceback, type }: Exception): string[] {
  if (location !== undefined) {
    const column = location.column === undefined ? '' : `, column ${location.column}`;
    return [`Look at line ${location.line}${column} of the script`];
  }
  return [traceback === undefined ? `Look for what raises ${type}` : 'Look at the traceback'];
}
