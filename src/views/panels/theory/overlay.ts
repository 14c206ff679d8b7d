import type { Comparison } from '../../../config/comparison';
import { describe } from '../../../config/describe';
import { columnName, type Quantity } from '../../../config/quantity';
import { EMBED } from '../../../plot/depth';
import type { Point, Trace } from '../../../plot/trace';
import { atEnd, read } from '../../../protocol/read';
import type { Measurement } from '../../../protocol/frame';
import { sameConfig } from '../../../runs/link';
import type { Lane } from '../../../runs/state';
import type { Predicted, Predictions } from '../../../runs/theory/predicted';
import { laneLook, type NamedLane } from '../lanes';
import { listed } from '../sentences';
import type { Series } from '../series';
import type { TheoryOverlay } from './useTheory';
import { failingText, verdictsOf } from './failing';
import { residual } from './residual';

/** Statistics with a law, by what they are of. */
const WITH_LAW: Partial<Record<Quantity['of'], readonly string[]>> = {
  site: ['rms', 'token_cosine', 'grad_rms'],
  head: ['entropy'],
  param: ['param_grad_rms'],
};

/** Tests of a quantity that theory has a law for. Of modalities it knows what they are together. */
export const hasLaw = ({ of, statistic, each }: Quantity): boolean =>
  (WITH_LAW[of]?.includes(statistic) ?? false) && !(of === 'site' && each);

/** The name of a prediction, which is of every layer, and of all heads alike. */
const nameOf = (quantity: Quantity): string => columnName({ ...quantity, each: false } as Quantity);

/** The predicted curve, over the layers that were measured: not every layer has every parameter. */
function predictedPoints({ prediction }: Predicted, quantity: Quantity, measured: Measurement): Point[] {
  const { quantities } = prediction ?? { quantities: {} };
  const values = (quantities as Partial<Record<string, number[]>>)[nameOf(quantity)] ?? [];
  const { config } = measured;
  const layers =
    values.length === config.n_layers
      ? values.map((_, x) => x)
      : read(measured, { ...quantity, each: false } as Quantity).layers.map(({ x }) => x);
  if (layers.length !== values.length) return [];
  const below = atEnd(quantity, 'embed');
  const embed = below && (quantities as Partial<Record<string, number[]>>)[nameOf(below)]?.[0];
  return [
    ...(embed == null ? [] : [{ x: EMBED, y: embed }]),
    ...values.map((y, i) => ({ x: layers[i]!, y })),
  ];
}

/** The prediction is of the configuration that the lane shows. */
const isOf = ({ config }: Predicted, { shown }: Lane): boolean =>
  shown !== null && (shown.config === config || sameConfig(shown.config, config));

interface Told {
  name: string;
  failing: string;
  residual: string;
}

/** “Theory (dashed) within 3 % up to layer 9, 12 % at the top.” Reasons that all lanes share are said once. */
function residualSentence(told: readonly Told[], lead: string): string {
  const [{ failing }] = told as [Told];
  const areAlike = told.every((one) => one.failing === failing);
  const clauseOf = (one: Told) =>
    [
      told.length > 1 ? `${one.name} ${one.residual}` : one.residual,
      !areAlike && one.failing && `does not hold (${one.failing})`,
    ]
      .filter(Boolean)
      .join(', ');
  const head =
    areAlike && failing
      ? `${lead} does not hold: ${failing}. It is`
      : `${lead}${told.length > 1 ? ':' : ''}`;
  return `${head} ${told.map(clauseOf).join('; ')}.`;
}

/** Theory in a panel of a quantity: its curves, and how far what was measured is from them. */
export function overlayOf(
  quantity: Quantity,
  by: Comparison,
  theory: Predictions,
  mode: 'on' | 'ratio',
): TheoryOverlay {
  if (!hasLaw(quantity)) {
    const { label } = describe(quantity);
    return { ...NO_LAW, tell: () => `No law predicts the ${label.replace(/^[A-Z](?=[a-z])/, (a) => a.toLowerCase())}.` };
  }
  const of = ({ id }: Lane): Predicted | undefined => theory.lanes[id];
  const isRatio = mode === 'ratio';
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
  const traces: TheoryOverlay['traces'] = (lanes, hold, n_layers) =>
    isRatio
      ? []
      : lanes.flatMap(({ lane, name }) =>
          hold(predicted(lane)).map(({ points }): Trace => ({
            id: `theory ${lane.id}`,
            label: `${name}, theory`,
            lane: name,
            ...laneLook(lane.id),
            colour: `var(--theory-${lane.id})`,
            group: lane.id,
            points: points.filter(({ x }) => x < n_layers),
            line: 'dashed',
            isUnnamed: true,
            isBare: true,
            ...(!holds(lane) && { isFaint: true }),
          })),
        );
  function tell(lanes: readonly NamedLane[]): string {
    const told: Told[] = [];
    const without: string[] = [];
    const open: string[] = [];
    for (const { lane, name } of lanes) {
      const found = of(lane);
      if (!lane.shown) continue;
      if (!found || !isOf(found, lane)) {
        open.push(name);
        continue;
      }
      if (found.error) {
        without.push(`Theory of ${name} could not be computed: ${found.error.replace(/\.$/, '')}.`);
        continue;
      }
      const failing = failingText(verdictsOf(lane, found));
      const [own] = [read(lane.shown, { ...quantity, each: false } as Quantity).layers];
      const curve = predicted(lane)[0];
      const off = curve && residual(own, curve.points, by);
      if (off) told.push({ name, failing, residual: off });
      else without.push(`Theory predicts nothing of ${name} here${failing && ` (${failing})`}.`);
    }
    return [
      told.length > 0 && residualSentence(told, isRatio ? 'Theory' : 'Theory (dashed)'),
      ...without,
      open.length > 0 && `Theory of ${listed(open)} is being computed.`,
    ]
      .filter(Boolean)
      .join(' ');
  }
  return { isRatio, matched, predicted, traces, tell };
}

const NO_LAW: TheoryOverlay = {
  isRatio: false,
  matched: (lane) => lane,
  predicted: () => [],
  traces: () => [],
  tell: () => '',
};
