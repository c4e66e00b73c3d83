import {
  type ASTNode,
  type DocumentNode,
  type FragmentDefinitionNode,
  type GraphQLError,
  Kind,
  type SelectionNode,
  type SelectionSetNode,
  visit,
} from 'graphql';
import { LIMITS } from './numbers.ts';
import { beyond, type LimitCode } from './refusal.ts';

/** Thrown to leave the walk at once: nothing is counted beyond a limit. */
class Passed {
  readonly code: LimitCode;
  constructor(code: LimitCode) {
    this.code = code;
  }
}

/** The selections of one place in the answer by the name that they answer under, wherever they are written. */
interface Place {
  readonly fields: Map<string, { count: number; readonly below: Place }>;
}

const place = (): Place => ({ fields: new Map() });

/**
 * Walks operations as they will be carried out, fragments put in where they are spread. The walk is its own guard: it
 * takes at most as many steps as the limit on selections allows, in the document as a whole, so that fragments that
 * double each other twenty-five times cost no more than an honest page.
 */
class Walk {
  readonly #fragments = new Map<string, FragmentDefinitionNode>();
  readonly #entered = new Set<string>();
  /** Fragments that the walk is inside of: one that spreads itself is for validation to refuse. */
  readonly #inside = new Set<string>();
  #steps = 0;
  #pairs = 0;
  #aliases = 0;
  #directives = 0;

  constructor(document: DocumentNode) {
    for (const definition of document.definitions)
      if (definition.kind === Kind.FRAGMENT_DEFINITION) this.#fragments.set(definition.name.value, definition);
  }

  document({ definitions }: DocumentNode): void {
    for (const definition of definitions)
      if (definition.kind === Kind.OPERATION_DEFINITION) {
        const onVariables = definition.variableDefinitions?.map(({ directives }) => directives?.length ?? 0) ?? [];
        this.#begin(onVariables.reduce((sum, count) => sum + count, definition.directives?.length ?? 0));
        this.#set(definition.selectionSet, 1, place());
      }
    // validation looks into fragments that nobody spreads, too
    for (const [name, fragment] of this.#fragments)
      if (!this.#entered.has(name)) {
        this.#begin(0);
        this.#fragment(name, fragment, 1, place());
      }
  }

  #begin(directives: number): void {
    this.#aliases = 0;
    this.#directives = 0;
    this.#direct(directives);
  }

  #direct(count: number): void {
    this.#directives += count;
    if (this.#directives > LIMITS.directives) throw new Passed('DIRECTIVE_LIMIT');
  }

  #set({ selections }: SelectionSetNode, depth: number, at: Place): void {
    for (const selection of selections) this.#selection(selection, depth, at);
  }

  #selection(selection: SelectionNode, depth: number, at: Place): void {
    this.#steps++;
    if (this.#steps > LIMITS.selections) throw new Passed('SELECTION_LIMIT');
    this.#direct(selection.directives?.length ?? 0);
    if (selection.kind === Kind.FRAGMENT_SPREAD) {
      const fragment = this.#fragments.get(selection.name.value);
      if (fragment !== undefined) this.#fragment(selection.name.value, fragment, depth, at);
    } else if (selection.kind === Kind.INLINE_FRAGMENT) this.#set(selection.selectionSet, depth, at);
    else {
      if (depth > LIMITS.depth) throw new Passed('DEPTH_LIMIT');
      if (selection.alias !== undefined) this.#aliases++;
      if (this.#aliases > LIMITS.aliases) throw new Passed('ALIAS_LIMIT');
      const below = this.#place(selection.alias?.value ?? selection.name.value, at);
      // the introspection query of every tool is deep; graphql-js bounds it by the lists in it
      const deeper = selection.name.value === '__schema' ? Number.NEGATIVE_INFINITY : depth + 1;
      if (selection.selectionSet !== undefined) this.#set(selection.selectionSet, deeper, below);
    }
  }

  #place(name: string, at: Place): Place {
    const known = at.fields.get(name);
    if (known === undefined) {
      const below = place();
      at.fields.set(name, { count: 1, below });
      return below;
    }
    this.#pairs += known.count++;
    if (this.#pairs > LIMITS.repeats) throw new Passed('SELECTION_LIMIT');
    return known.below;
  }

  #fragment(name: string, fragment: FragmentDefinitionNode, depth: number, at: Place): void {
    if (this.#inside.has(name)) return;
    this.#entered.add(name);
    this.#inside.add(name);
    this.#direct(fragment.directives?.length ?? 0);
    this.#set(fragment.selectionSet, depth, at);
    this.#inside.delete(name);
  }
}

const HOLDERS: ReadonlySet<string> = new Set([Kind.LIST, Kind.OBJECT, Kind.LIST_TYPE]);

/** Literals and types: how long lists are, and how deep one stands in another. */
const walkValues = (document: DocumentNode): void => {
  let nesting = 0;
  visit(document, {
    enter: (node: ASTNode) => {
      if (!HOLDERS.has(node.kind)) return;
      if (node.kind === Kind.LIST && node.values.length > LIMITS.listItems) throw new Passed('LIST_LIMIT');
      nesting++;
      if (nesting > LIMITS.nesting) throw new Passed('DEPTH_LIMIT');
    },
    leave: (node: ASTNode) => {
      if (HOLDERS.has(node.kind)) nesting--;
    },
  });
};

/**
 * The first limit that a document passes, if any. Counts before anything is validated, in time that grows with the
 * document's length alone: the rules of the specification compare fields and follow fragments again and again.
 */
export const documentLimit = (document: DocumentNode): GraphQLError | undefined => {
  try {
    new Walk(document).document(document);
    walkValues(document);
    return undefined;
  } catch (thrown) {
    if (thrown instanceof Passed) return beyond(thrown.code);
    throw thrown;
  }
};
