/** Purpose of a rule in a sentence, from which the docs' table is generated. */
interface PolicyRuleInfo {
  readonly summary: string;
}

/** The closed set of rules, by which the analysis, the response's schema and the docs are keyed. */
export const policyRules = {
  denied_module: {
    summary:
      'A module that is denied, or one of its submodules, is imported, or reached through another module.',
  },
  denied_function: {
    summary: 'A function that is denied is called, imported or passed on, by whatever alias.',
  },
  dangerous_builtin: {
    summary: 'A built-in function that runs text as code, or opens up a namespace, is called or passed on.',
  },
  internal_attribute: {
    summary:
      "An attribute or name of the interpreter's insides is used, also by `getattr` with a literal, a format string or a pattern.",
  },
  dynamic_import: {
    summary: 'A module is imported, or code is made, in a way that hides from its text which one it is.',
  },
  unreadable_source: { summary: 'A part of the source could not be read, so anything can be in it.' },
  not_analysed: { summary: 'The source could not be analysed to its end within its time and bounds.' },
} as const satisfies Record<string, PolicyRuleInfo>;

export type PolicyRuleName = keyof typeof policyRules;

export const policyRuleNames = Object.keys(policyRules) as [PolicyRuleName, ...PolicyRuleName[]];
