import type { LaneId } from '../../runs/laneId';
import type { Expression, Node } from '../language/expression';

function nodesIn(node: Node): readonly Node[] {
  const below =
    node.kind === 'call'
      ? node.args
      : node.kind === 'unary'
        ? [node.of]
        : node.kind === 'binary'
          ? [node.left, node.right]
          : [];
  return [node, ...below.flatMap(nodesIn)];
}

/** The lanes that an expression names. */
export const lanesIn = ({ node }: Expression): readonly LaneId[] => [
  ...new Set(nodesIn(node).flatMap((one) => ('lane' in one ? [one.lane] : []))),
];

/** The lanes of which it asks what theory says. */
export const predictedIn = ({ node }: Expression): readonly LaneId[] => [
  ...new Set(
    nodesIn(node).flatMap((one) => (one.kind === 'reading' && one.isTheory ? [one.lane] : [])),
  ),
];
