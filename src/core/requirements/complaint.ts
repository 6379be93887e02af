/** Why a text is no requirement that is taken: a sentence for whoever wrote it. */
export class RequirementComplaint extends Error {
  override readonly name = 'RequirementComplaint';
}
