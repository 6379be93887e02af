/** A text is no list of packages of the registry; the message is a sentence for its author. */
export class NpmComplaint extends Error {
  override readonly name = 'NpmComplaint';
}
