import type { SourceNode } from './source-tree.ts';

/** A use of a name, as far as the script's text shows; the rules judge it. */
export type Fact =
  /** Imports a module, or a name of a module. */
  | { readonly type: 'import'; readonly path: string; readonly node: SourceNode }
  /** Imports all names of a module. */
  | { readonly type: 'star'; readonly path: string; readonly node: SourceNode }
  /** Calls or reads something that has a full name. */
  | {
      readonly type: 'use';
      readonly path: string;
      readonly kind: 'call' | 'reference';
      /** Spelling in the script. */
      readonly written: string;
      /** True when it is reached through a module or value, and is not a bare name. */
      readonly isReached: boolean;
      readonly node: SourceNode;
    }
  /** Reads or sets an attribute, by whatever means. */
  | { readonly type: 'attribute'; readonly name: string; readonly node: SourceNode }
  /** Reads or binds a name of the script's own namespace. */
  | { readonly type: 'name'; readonly name: string; readonly node: SourceNode }
  /** Imports a module by a value that the text does not show. */
  | { readonly type: 'hidden_import'; readonly path: string; readonly node: SourceNode }
  /** Reads an attribute of a module; the text does not show which. */
  | { readonly type: 'hidden_attribute'; readonly path: string; readonly node: SourceNode };

/** State of a search for facts. */
export interface FactSearch {
  readonly text: string;
  /** Identifiers that bind or only name something, and are not read. */
  readonly notRead: ReadonlySet<SourceNode>;
  /** Resolves an expression to canonical paths. */
  readonly resolve: (node: SourceNode) => readonly string[];
  /** Called with every fact. */
  readonly found: (fact: Fact) => void;
}
