/**
 * Spells out the pattern of identifiers for every regular expression dialect: the letters, underscore and digits of
 * ASCII, and everything beyond ASCII. Few dialects have XID_Start and XID_Continue.
 */
export const toPlainPattern = (pattern: string): string =>
  pattern
    .replaceAll('[\\p{XIDS}_]', '[^\\u0000-@\\[-^`{-\\u007f]')
    .replaceAll('[\\p{XIDC}]', '[^\\u0000-/:-@\\[-^`{-\\u007f]');
