/** A text is no acceptable requirement; the message is a sentence for its author. */
export class RequirementComplaint extends Error {
  override readonly name = 'RequirementComplaint';
}
