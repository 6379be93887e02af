/** Removes the slashes at the end of a path or address. A pattern would search anew from each slash. */
export function cutSlashes(text: string): string {
  let end = text.length;
  while (text[end - 1] === '/') end -= 1;
  return text.slice(0, end);
}
