import {
  type ASTVisitor,
  type FragmentDefinitionNode,
  GraphQLError,
  Kind,
  type SelectionSetNode,
  type ValidationContext,
} from 'graphql';

/**
 * The real server's limit (services/apollo/src/index.js): a root field has depth 0, each field inside another one more.
 */
const LIMIT = 7;

export function depthLimit(context: ValidationContext): ASTVisitor {
  return {
    OperationDefinition(node) {
      if (deepest(node.selectionSet, (name) => context.getFragment(name)) <= LIMIT) return;
      context.reportError(
        new GraphQLError(`'${node.name?.value ?? ''}' exceeds maximum operation depth of ${LIMIT}`, { nodes: node }),
      );
    },
  };
}

function deepest(
  set: SelectionSetNode,
  fragment: (name: string) => FragmentDefinitionNode | null | undefined,
  depth = 0,
  open: readonly string[] = [],
): number {
  const depths = set.selections.map((selection) => {
    if (selection.kind === Kind.FIELD)
      return selection.selectionSet ? deepest(selection.selectionSet, fragment, depth + 1, open) : depth;
    if (selection.kind === Kind.INLINE_FRAGMENT) return deepest(selection.selectionSet, fragment, depth, open);
    const { value: name } = selection.name;
    const definition = open.includes(name) ? undefined : fragment(name);
    return definition ? deepest(definition.selectionSet, fragment, depth, [...open, name]) : depth;
  });
  return Math.max(depth, ...depths);
}
