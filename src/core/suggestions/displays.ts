import type { ErrorReport } from '../harness-report.ts';

type Exception = Extract<ErrorReport, { kind: 'runtime_error' }>;

/** Modules that open windows, or speak to a notebook that would show what is drawn. */
const windowModules = new Set(['tkinter', '_tkinter', 'ipykernel']);
/** What matplotlib says where the backend that a script chose is not to be had. */
const backendErrors =
  /Qt binding modules|GTK\d backends require|WebAgg backend requires|interactive framework|wxPython/;

/** For a script that wants to open a window. */
export const suggestForDisplay = ({ type, message, missing }: Exception): string[] =>
  (missing?.what === 'module' && windowModules.has(missing.name)) ||
  (/^(ImportError|RuntimeError)$/.test(type) && backendErrors.test(message))
    ? [
        'There is no screen here: with matplotlib leave out matplotlib.use(), and figures come back by themselves',
      ]
    : [];
