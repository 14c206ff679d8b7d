import type { Comparison } from '../../../config/comparison';
import { describe } from '../../../config/describe';
import type { Quantity } from '../../../config/quantity';
import type { Point, Trace } from '../../../plot/trace';
import { read } from '../../../protocol/read';
import type { Measurement } from '../../../protocol/frame';
import { sameConfig } from '../../../runs/link';
import type { Lane } from '../../../runs/state';
import { curveOf } from '../../../runs/theory/curve';
import type { Predicted, Predictions } from '../../../runs/theory/predicted';
import { laneLook } from '../lanes';
import { listed } from '../sentences';
import { pointsOf, type Series } from '../series';
import type { TheoryOverlay } from './theoryOverlay';
import { counted, failing, verdictsOf } from './failing';
import { hasLaw } from './law';
import { residual } from './residual';

/** The predicted curve, over the layers that were measured. */
function predictedPoints(
  { prediction }: Predicted,
  quantity: Quantity,
  measured: Measurement,
): Point[] {
  const curve = prediction && curveOf(prediction, quantity, measured);
  return curve ? pointsOf(curve) : [];
}

interface Told {
  name: string;
  residual: string;
  /** Assumptions that fail, in short. */
  failing: string[];
}

/**
 * “Theory: pre-LN within 3 % up to layer 9, 12 % at the top; …” Reasons that all lanes share are said once.
 *
 * @param areMeans over seeds, where else it is told of the seed of each lane
 */
export function residualSentence(
  told: readonly Told[],
  isAlone = told.length === 1,
  areMeans = false,
): string {
  const shared = told[0]!.failing.filter((reason) =>
    told.every((one) => one.failing.includes(reason)),
  );
  const of = areMeans ? ', mean over seeds' : '';
  const lead = shared.length
    ? `Theory does not hold (${counted(shared)})${of}:`
    : `Theory${of}${of || !isAlone ? ':' : ''}`;
  const clauses = told.map(({ name, residual, failing }) => {
    const own = failing.filter((reason) => !shared.includes(reason));
    const clause = isAlone ? residual : `${name} ${residual}`;
    if (!own.length) return clause;
    return `${clause}${shared.length ? '' : ', does not hold'} (${counted(own)})`;
  });
  return `${lead} ${clauses.join('; ')}.`;
}

/** Theory that does not hold widens an axis of ratios by so many times what was measured, and no more. */
const BEYOND = 10;

/** The points no farther out than a decade from what was measured, or as far again as this reaches. */
function near(points: readonly Point[], measured: readonly Point[], by: Comparison): Point[] {
  const values = measured
    .map(({ y }) => y)
    .filter((y) => Number.isFinite(y) && (by === 'difference' || y > 0));
  if (!values.length) return [...points];
  const [low, high] = [Math.min(...values), Math.max(...values)];
  const [least, most] =
    by === 'ratio' ? [low / BEYOND, high * BEYOND] : [2 * low - high, 2 * high - low];
  return points.map(({ x, y }) => ({ x, y: Math.min(most, Math.max(least, y)) }));
}

/** “No law predicts the kurtosis at resid_post.” */
const lawless = (quantity: Quantity): string =>
  `No law predicts ${describe(quantity).name.replace(/^[A-Z](?=[a-z])/, (a) => a.toLowerCase())}.`;

/** Theory in a panel of a quantity: its curves, and how far what was measured is from them. */
export function overlayOf(
  quantity: Quantity,
  by: Comparison,
  theory: Predictions,
  mode: 'on' | 'ratio',
): TheoryOverlay {
  if (!hasLaw(quantity)) return { ...NO_LAW, tell: () => lawless(quantity) };
  const of = ({ id }: Lane): Predicted | undefined => theory.lanes[id];
  const isRatio = mode === 'ratio';
  const whole = { ...quantity, each: false } as Quantity;
  /** The prediction is of the configuration that the lane shows, and of the text that it reads. */
  const isOf = ({ config, edition }: Predicted, { shown }: Lane): boolean =>
    shown !== null &&
    (edition === null || edition === theory.edition) &&
    (shown.config === config || sameConfig(shown.config, config));
  /** The lane with the measurement that its prediction is of, while that of the one on show is still to come. */
  const matched = (lane: Lane): Lane => {
    const found = of(lane);
    return found && !isOf(found, lane) ? { ...lane, shown: found.measured } : lane;
  };
  const predicted = (lane: Lane): Series[] => {
    const found = of(lane);
    const points = found ? predictedPoints(found, quantity, found.measured) : [];
    return points.length ? [{ points }] : [];
  };
  const holds = (lane: Lane): boolean => {
    const found = of(lane);
    return found !== undefined && verdictsOf(lane, found).every((verdict) => verdict.holds);
  };
  const traces: TheoryOverlay['traces'] = (lanes, hold, n_layers) => {
    if (isRatio) return [];
    const measured = lanes.flatMap(({ lane: { shown } }) =>
      shown
        ? hold([{ points: pointsOf(read(shown, whole)) }], shown.layout.n_layers).flatMap(
            ({ points }) => points,
          )
        : [],
    );
    return lanes.flatMap(({ lane, name }) =>
      hold(predicted(lane), of(lane)?.config.n_layers).map(({ points }): Trace => ({
        id: `theory ${lane.id}`,
        n_layers: of(lane)?.config.n_layers,
        label: `${name}, theory`,
        lane: name,
        ...laneLook(lane.id),
        colour: `var(--theory-${lane.id})`,
        group: lane.id,
        points: points.filter(({ x }) => x < n_layers),
        line: 'dashed',
        isUnnamed: true,
        isBare: true,
        ...(!holds(lane) && { isFaint: true, within: near(points, measured, by) }),
      })),
    );
  };
  const tell: TheoryOverlay['tell'] = (lanes, means = []) => {
    const [averaged, told]: [Told[], Told[]] = [[], []];
    const remarks = new Set<string>();
    const open: string[] = [];
    for (const { lane, name } of lanes) {
      const found = of(lane);
      if (!lane.shown) continue;
      if (!found || !isOf(found, lane)) {
        open.push(name);
        continue;
      }
      const { prediction, error } = found;
      const curve = predicted(lane)[0];
      const mean = means.find(({ group }) => group === lane.id)?.points;
      const own = mean ?? pointsOf(read(lane.shown, whole));
      const off = curve && residual(own, curve.points, by);
      const against = failing(verdictsOf(lane, found));
      if (off) (mean ? averaged : told).push({ name, residual: off, failing: against });
      else if (!prediction) remarks.add(`Theory of ${name} could not be computed: ${error}`);
      else
        remarks.add(
          `Theory has no number for ${name}${against.length ? `: ${counted(against)}` : ''}.`,
        );
    }
    return [
      ...(averaged.length ? [residualSentence(averaged, lanes.length === 1, true)] : []),
      ...(told.length ? [residualSentence(told, lanes.length === 1)] : []),
      ...remarks,
      ...(open.length ? [`Theory of ${listed(open)} is being computed.`] : []),
    ].join(' ');
  };
  return { isRatio, matched, predicted, traces, tell };
}

const NO_LAW: TheoryOverlay = {
  isRatio: false,
  matched: (lane) => lane,
  predicted: () => [],
  traces: () => [],
  tell: () => '',
};
