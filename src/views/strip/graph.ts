import { placements, type PlacementId, type UpdateOperations } from '../../config/placements';
import { mapValues } from '../../lib/objects';

/** An operation that stands on a line of the drawing. */
export type Operation = 'norm' | 'norm_out' | 'amplify' | 'f';

interface Node {
  operation: Operation | 'x' | 'add';
  from: Node[];
}

/**
 * One residual update as lines with things on them, in the order in which the signal meets them: the
 * stem before the fork, then the skip beside the branch, and after they were added the rest.
 */
export interface UpdateGraph {
  stem: Operation[];
  skip: Operation[];
  branch: Operation[];
  after: Operation[];
  /** Skip and branch meet again; where they do not, the branch is all there is. */
  adds: boolean;
}

const apply =
  (operation: Operation) =>
  (x: Node): Node => ({ operation, from: [x] });

const OPERATIONS: UpdateOperations<Node> = {
  f: apply('f'),
  norm: apply('norm'),
  norm_out: apply('norm_out'),
  amplify: apply('amplify'),
  add: (stream, branch) => ({ operation: 'add', from: [stream, branch] }),
};

/** The nodes from `end` back to the first that is no plain operation, in the signal's order. */
function chain(end: Node): { first: Node; nodes: Node[] } {
  const nodes: Node[] = [];
  let node = end;
  while (node.operation !== 'add' && node.from[0]) {
    nodes.unshift(node);
    node = node.from[0];
  }
  return { first: node, nodes };
}

const names = (nodes: Node[]) => nodes.map((node) => node.operation as Operation);

/** The drawing of an update, found by letting its definition act on nodes. */
export function graphOf(update: <X>(x: X, operations: UpdateOperations<X>) => X): UpdateGraph {
  const end = chain(update<Node>({ operation: 'x', from: [] }, OPERATIONS));
  const [stream, branch] = end.first.from;
  if (!stream || !branch) {
    return { stem: [], skip: [], branch: names(end.nodes), after: [], adds: false };
  }
  const skipped = chain(stream).nodes;
  const branched = chain(branch).nodes;
  const shared = skipped.filter((node) => branched.includes(node));
  const own = (nodes: Node[]) => names(nodes.filter((node) => !shared.includes(node)));
  return {
    stem: names(shared),
    skip: own(skipped),
    branch: own(branched),
    after: names(end.nodes),
    adds: true,
  };
}

const GRAPHS = mapValues(placements, ({ update }) => graphOf(update));

/** A placement's drawing; the same object every time, so that a drawing of many can be compared fast. */
export const placementGraph = (id: PlacementId): UpdateGraph => GRAPHS[id];

/**
 * The update itself, out of a formula that also says what its letters are: what stands under a drawing
 * has one line.
 */
export function updateEquation(id: PlacementId): string {
  const parts = (placements[id].formula ?? '').split(/,\s*\\(?:quad|;)\s*/);
  return parts.find((part) => part.startsWith(String.raw`x \leftarrow`)) ?? parts[0]!;
}
