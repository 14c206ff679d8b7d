import { placements, type PlacementId, type UpdateParts } from '../../config/placements';

/** What can stand on a line of the drawing. */
export type Part = 'norm' | 'norm_out' | 'amplify' | 'f';

interface Node {
  part: Part | 'x' | 'add';
  from: Node[];
}

/**
 * One residual update as lines with things on them, in the order in which the signal meets them: the
 * stem before the fork, then the skip beside the branch, and after they were added the rest.
 */
export interface UpdateGraph {
  stem: Part[];
  skip: Part[];
  branch: Part[];
  after: Part[];
  /** Whether skip and branch meet again; without, the branch is all there is. */
  adds: boolean;
}

const apply =
  (part: Part) =>
  (x: Node): Node => ({ part, from: [x] });

const PARTS: UpdateParts<Node> = {
  f: apply('f'),
  norm: apply('norm'),
  norm_out: apply('norm_out'),
  amplify: apply('amplify'),
  add: (stream, branch) => ({ part: 'add', from: [stream, branch] }),
};

/** The nodes from `end` back to the first that is no plain operation, in the signal's order. */
function chain(end: Node): { first: Node; nodes: Node[] } {
  const nodes: Node[] = [];
  let node = end;
  while (node.part !== 'add' && node.from[0]) {
    nodes.unshift(node);
    node = node.from[0];
  }
  return { first: node, nodes };
}

const names = (nodes: Node[]) => nodes.map((node) => node.part as Part);

/** The drawing of an update, found by letting its definition act on the drawing's own parts. */
export function graphOf(update: <X>(x: X, parts: UpdateParts<X>) => X): UpdateGraph {
  const end = chain(update<Node>({ part: 'x', from: [] }, PARTS));
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

const graphs = new Map<PlacementId, UpdateGraph>();

/** A placement's drawing; the same object every time, so that a drawing of many can be compared fast. */
export function placementGraph(id: PlacementId): UpdateGraph {
  const graph = graphs.get(id) ?? graphOf(placements[id].update);
  graphs.set(id, graph);
  return graph;
}
