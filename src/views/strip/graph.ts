import type { Chosen } from '../../config/choices';
import { placements, type PlacementId, type UpdateOperations } from '../../config/placements';
import { isLearned, residualScales, type ResidualScale } from '../../config/scales';

/** An operation that stands on a line of the drawing; `cut` is a stream multiplied by 0. */
export type Operation = 'norm' | 'norm_out' | 'amplify' | 'scale_x' | 'scale_f' | 'cut' | 'f';

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

type Factors = Pick<ResidualScale, 'a' | 'b'>;

/** The mark of a scale in a stack of N sublayers: none where it is 1. */
function markOf(scale: Factors['a' | 'b'], N: number, name: 'scale_x' | 'scale_f') {
  const value = isLearned(scale) ? null : scale.value(N);
  if (value === 1) return null;
  return value === 0 ? 'cut' : name;
}

function operations({ a, b }: Factors, N: number): UpdateOperations<Node> {
  const scaled = (x: Node, mark: Operation | null): Node => (mark ? apply(mark)(x) : x);
  return {
    f: apply('f'),
    norm: apply('norm'),
    norm_out: apply('norm_out'),
    amplify: apply('amplify'),
    add: (stream, branch) => ({
      operation: 'add',
      from: [scaled(stream, markOf(a, N, 'scale_x')), scaled(branch, markOf(b, N, 'scale_f'))],
    }),
  };
}

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
export function graphOf(
  update: <X>(x: X, operations: UpdateOperations<X>) => X,
  scale: Factors = residualScales.one,
  N = 2,
): UpdateGraph {
  const end = chain(update<Node>({ operation: 'x', from: [] }, operations(scale, N)));
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
    skip: own(skipped).includes('cut') ? ['cut'] : own(skipped),
    branch: own(branched),
    after: names(end.nodes),
    adds: true,
  };
}

const graphs = new Map<string, UpdateGraph>();

/**
 * The drawing of an update in a stack of N sublayers; the same object every time, so that a drawing of many can be
 * compared fast.
 */
export function placementGraph(
  id: PlacementId,
  scale: Chosen['residual_scale'] = 'one',
  N = 2,
): UpdateGraph {
  const key = `${id} ${scale} ${N}`;
  const known = graphs.get(key);
  if (known) return known;
  const graph = graphOf(placements[id].update, residualScales[scale], N);
  graphs.set(key, graph);
  return graph;
}
