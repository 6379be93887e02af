/** Says that there is no network. @param consequence of that, with a comma in front. */
export const noNetwork = (consequence = ''): string =>
  `Scripts have no network${consequence}: send the data with the request, as "files", "stdin" or "args"`;
