/** Why a request's text is no list of packages of the registry: a sentence for whoever wrote it. */
export class NpmComplaint extends Error {
  override readonly name = 'NpmComplaint';
}
