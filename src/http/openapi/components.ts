import type { z } from 'zod';
import {
  brokenModuleSchema,
  buildReportSchema,
  buildRequestSchema,
  environmentSchema,
  installedPackageSchema,
} from '../../core/contract/environment.ts';
import { filesReportSchema, returnedFileSchema } from '../../core/contract/files/returned-files.ts';
import { generateRequestSchema } from '../../core/contract/generation/generate-request.ts';
import { attemptSchema, reviewSchema } from '../../core/contract/generation/generation.ts';
import { healthSchema, layerReportSchema } from '../../core/contract/health.ts';
import { importAnswerSchema } from '../../core/contract/import-answer.ts';
import { limitsSchema } from '../../core/contract/limits.ts';
import { locationSchema } from '../../core/contract/location.ts';
import {
  enforcementSchema,
  executionSchema,
  failureSchema,
  outcomeSchema,
  refusalSchema,
  successSchema,
} from '../../core/contract/outcome.ts';
import { policyFindingSchema, policyReportSchema } from '../../core/contract/policy/policy.ts';
import { executeRequestSchema } from '../../core/contract/request.ts';
import { compileLimitsSchema, runtimeReportSchema, runtimesSchema } from '../../core/contract/runtimes.ts';
import {
  entryPointSchema,
  findingSchema,
  importSchema,
  parameterSchema,
  validationSchema,
} from '../../core/contract/validation-report.ts';
import { environmentListSchema, removedSchema, shownImportSchema, shownSchema } from './environment-paths.ts';
import { generatedFailureSchema, generatedSchema, generatedSuccessSchema } from './generation-paths.ts';

/** Schemas with a name in the document: generated clients name their types after them. */
export const components: Readonly<Record<string, z.ZodType>> = {
  ExecuteRequest: executeRequestSchema,
  GenerateRequest: generateRequestSchema,
  BuildRequest: buildRequestSchema,
  Outcome: outcomeSchema,
  Success: successSchema,
  Failure: failureSchema,
  Refusal: refusalSchema,
  GeneratedOutcome: generatedSchema,
  GeneratedSuccess: generatedSuccessSchema,
  GeneratedFailure: generatedFailureSchema,
  Attempt: attemptSchema,
  Review: reviewSchema,
  Execution: executionSchema,
  Enforcement: enforcementSchema,
  Limits: limitsSchema,
  CompileLimits: compileLimitsSchema,
  Location: locationSchema,
  ReturnedFile: returnedFileSchema,
  FilesReport: filesReportSchema,
  Validation: validationSchema,
  EntryPoint: entryPointSchema,
  Parameter: parameterSchema,
  CheckedImport: importSchema,
  Finding: findingSchema,
  PolicyReport: policyReportSchema,
  PolicyFinding: policyFindingSchema,
  Runtimes: runtimesSchema,
  Runtime: runtimeReportSchema,
  Environment: environmentSchema,
  EnvironmentList: environmentListSchema,
  RemovedEnvironments: removedSchema,
  ShownEnvironment: shownSchema,
  ShownImport: shownImportSchema,
  ImportAnswer: importAnswerSchema,
  BuildReport: buildReportSchema,
  InstalledPackage: installedPackageSchema,
  BrokenModule: brokenModuleSchema,
  Health: healthSchema,
  LayerReport: layerReportSchema,
};
