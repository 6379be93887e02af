/** A path or an address without the slashes at its end. A pattern would look for them at each slash anew. */
export function cutSlashes(text: string): string {
  let end = text.length;
  while (text[end - 1] === '/') end -= 1;
  return text.slice(0, end);
}
