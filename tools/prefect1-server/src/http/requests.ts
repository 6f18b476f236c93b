import { type DocumentNode, Kind, type OperationDefinitionNode } from 'graphql';

/**
 * What was asked since the start, or since the counts were put to zero. What was refused on purpose or by the key
 * counts too.
 */
export interface Counts {
  requests: number;
  /** Operations by kind; a request that is no GraphQL counts as neither. */
  queries: number;
  mutations: number;
  /** By root field, say `flow` or `create_flow_from_compressed_string`. */
  fields: Record<string, number>;
}

export class Requests {
  private counted = nothing();

  get counts(): Counts {
    return structuredClone(this.counted);
  }

  reset(): void {
    this.counted = nothing();
  }

  add(operation: OperationDefinitionNode | undefined): void {
    this.counted.requests += 1;
    if (!operation) return;
    this.counted[operation.operation === 'mutation' ? 'mutations' : 'queries'] += 1;
    for (const field of rootFields(operation)) this.counted.fields[field] = (this.counted.fields[field] ?? 0) + 1;
  }
}

/** The operation that a document asks for; clients of this server send one. */
export function operationOf(document: DocumentNode, name?: string): OperationDefinitionNode | undefined {
  const operations = document.definitions.filter((definition) => definition.kind === Kind.OPERATION_DEFINITION);
  return operations.find((operation) => operation.name?.value === name) ?? operations[0];
}

export function rootFields(operation: OperationDefinitionNode): string[] {
  return operation.selectionSet.selections.flatMap((selection) =>
    selection.kind === Kind.FIELD ? [selection.name.value] : [],
  );
}

function nothing(): Counts {
  return { requests: 0, queries: 0, mutations: 0, fields: {} };
}
