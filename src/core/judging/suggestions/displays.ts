import type { ErrorReport } from '../../contract/harness-report.ts';

type Exception = Extract<ErrorReport, { kind: 'runtime_error' }>;

/** Modules that open windows, or talk to a notebook that would show a figure. */
const windowModules = new Set(['tkinter', '_tkinter', 'ipykernel']);
/** Messages of matplotlib when the backend that a script chose is unavailable. */
const backendErrors =
  /Qt binding modules|GTK\d backends require|WebAgg backend requires|interactive framework|wxPython/;

/** Suggests alternatives to opening a window. */
export const suggestForDisplay = ({ type, message, missing }: Exception): string[] =>
  (missing?.what === 'module' && windowModules.has(missing.name)) ||
  (/^(ImportError|RuntimeError)$/.test(type) && backendErrors.test(message))
    ? [
        'There is no screen here: with matplotlib leave out matplotlib.use(), and figures come back by themselves',
      ]
    : [];
