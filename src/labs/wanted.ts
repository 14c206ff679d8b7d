import type { LaneId } from '../runs/laneId';
import type { LaneRun } from './evidence';
import type { Node, Step } from './language/expression';

/** The parts of a run that something is read of. */
export interface Wanted {
  /** The steps whose measurement is read. */
  steps: readonly number[];
  /** The last step up to which every one is looked at: alarms are of all of them. Null where nothing asks for these. */
  watched: number | null;
}
export const NOTHING: Wanted = { steps: [], watched: null };

const later = (a: number | null, b: number | null): number | null =>
  a === null || b === null ? (a ?? b) : Math.max(a, b);

export const together = (all: readonly Wanted[]): Wanted => ({
  steps: [...new Set(all.flatMap(({ steps }) => steps))].sort((a, b) => a - b),
  watched: all.reduce<number | null>((last, { watched }) => later(last, watched), null),
});

/** All parts of an expression, itself the first. */
export function partsOf(node: Node): Node[] {
  switch (node.kind) {
    case 'call':
      return [node, ...node.args.flatMap(partsOf)];
    case 'unary':
      return [node, ...partsOf(node.of)];
    case 'binary':
      return [node, ...partsOf(node.left), ...partsOf(node.right)];
    default:
      return [node];
  }
}

const isOf = (node: Node, lane: LaneId) => 'lane' in node && node.lane === lane;

/** The lanes that an expression speaks of. */
export const lanesIn = (node: Node): LaneId[] => [
  ...new Set(partsOf(node).flatMap((part) => ('lane' in part ? [part.lane] : []))),
];

/** The lanes of which it asks what theory says. */
export const predictedIn = (node: Node): LaneId[] => [
  ...new Set(
    partsOf(node).flatMap((part) => (part.kind === 'reading' && part.isTheory ? [part.lane] : [])),
  ),
];

/** The parts of a lane’s run that an expression reads; theory is of step 0. */
export function wantedBy(node: Node, lane: LaneId, { step: now }: Pick<LaneRun, 'step'>): Wanted {
  const own = partsOf(node).filter((part) => isOf(part, lane));
  const stepOf = (step: Step) => (step === 'now' ? now : step);
  const steps = own.flatMap((part) => {
    if (part.kind !== 'reading') return [];
    // Of a step that the run does not have, an expression says so.
    const step = part.isTheory ? 0 : stepOf(part.step);
    return step <= now ? [step] : [];
  });
  const watches = own.some(
    (part) => part.kind === 'fact' && (part.fact === 'alarm' || part.fact === 'diverged'),
  );
  return together([{ steps, watched: watches ? now : null }]);
}

/** The step that a run must have come to so that an expression says something of it: `B.loss@100`, `B.step >= 50`. */
export function reachOf(node: Node): number {
  const steps = partsOf(node).map((part) => {
    if (part.kind === 'reading') return part.step === 'now' ? 0 : part.step;
    if (part.kind !== 'binary') return 0;
    const sides = [part.left, part.right];
    const isOfStep = sides.some((side) => side.kind === 'fact' && side.fact === 'step');
    const bound = sides.find((side) => side.kind === 'number');
    if (!isOfStep || bound?.kind !== 'number') return 0;
    return Math.max(
      0,
      Math.floor(bound.value) + (part.operator === '>' || part.operator === '<' ? 1 : 0),
    );
  });
  return Math.max(0, ...steps);
}
