import type { Config } from '../../config/fields';
import { recorded } from '../../runs/record';
import type { Lane, LaneId, ScopeStore } from '../../runs/state';
import type { Prediction } from '../../theory/predict';
import type { Asks } from '../lab';
import { judge, measure, measureCurve, type Evaluated, type Judgement } from '../language/evaluate';
import type { Expression } from '../language/expression';
import { letterOf } from '../language/print';
import { readExpression } from '../language/read';
import type { ReportedEvidence } from '../report';
import { lanesIn, predictedIn } from '../wanted';
import { evidenceOf, isSettled, runsOf, theoryKey } from './evidence';

interface JudgingOptions {
  scope: Pick<ScopeStore, 'getState' | 'actions'>;
  /** Theory of a configuration at initialization. */
  predict(config: Config, text: string | null): Promise<Prediction>;
  /** Theory came that an expression had asked for. */
  onPredicted(): void;
}

/** Evaluates expressions of a lab on the runs of the page. */
export function createJudging({ scope, predict, onPredicted }: JudgingOptions) {
  // Theory: computed where an expression asks for it, and kept.
  const theory = new Map<string, Prediction | null>();
  const keyOf = ({ config }: Lane) => theoryKey(config, scope.actions.textFor(config));
  const evidence = () => evidenceOf(scope, (lane) => theory.get(keyOf(lane)) ?? null);

  /** Done when all theory is there that an expression asks for; where theory fails there is none. */
  async function predicted({ node }: Expression): Promise<void> {
    const ids = predictedIn(node);
    const lanes = scope.getState().lanes.filter((lane) => ids.includes(lane.id));
    const open = lanes.filter((lane) => !theory.has(keyOf(lane)));
    for (const lane of open) {
      const key = keyOf(lane);
      theory.set(key, null);
      const { config } = lane;
      const found = await predict(config, scope.actions.textFor(config)).catch(() => undefined);
      if (found) theory.set(key, found);
    }
    if (open.length) onPredicted();
  }

  const reported = (
    lanes: readonly LaneId[],
    readings: Evaluated<unknown>['readings'],
  ): ReportedEvidence => ({
    runs: runsOf(scope, lanes),
    readings: readings.map(({ reading, value }) => ({ reading, value: recorded(value) })),
  });
  /** A lane that is named and does not stand as it is set, in words; null without one. */
  function unsettled(ids: readonly LaneId[]): string | null {
    const lane = scope.getState().lanes.find((one) => ids.includes(one.id) && !isSettled(one));
    return lane ? `Lane ${letterOf(lane.id)} is being built.` : null;
  }

  const expressions = new Map<string, Expression | null>();
  function expressionOf(text: string): Expression | null {
    if (!expressions.has(text)) {
      const read = readExpression(text, 'number');
      expressions.set(text, 'expression' in read ? read.expression : null);
    }
    return expressions.get(text)!;
  }

  return {
    predicted,

    /** The number of an expression that was checked when its lab was read; null while something of it is missing. */
    numberOf(text: string): number | null {
      const expression = expressionOf(text);
      if (!expression) return null;
      void predicted(expression);
      const found = measure(expression, evidence());
      return 'missing' in found ? null : found.value;
    },

    /** The number of a prediction, or its values by layer, or what is missing. */
    measurementOf(asks: Exclude<Asks, { kind: 'choice' }>) {
      const lanes = asks.kind === 'number' ? lanesIn(asks.measure.node) : [asks.lane];
      if (asks.kind === 'number') void predicted(asks.measure);
      const found: Evaluated<number | readonly number[]> =
        asks.kind === 'number' ? measure(asks.measure, evidence()) : measureCurve(asks, evidence());
      if ('missing' in found) return { missing: unsettled(lanes) ?? found.missing };
      return { value: found.value, evidence: reported(lanes, found.readings) };
    },

    /** A condition, judged on the runs of the page. */
    judged(when: Expression) {
      const lanes = lanesIn(when.node);
      const found: Evaluated<Judgement> = judge(when, evidence());
      const isMissing = 'missing' in found;
      return {
        isMissing,
        isPassed: !isMissing && found.value.holds,
        evidence: reported(lanes, found.readings),
        said: isMissing ? (unsettled(lanes) ?? found.missing) : found.value.reasons.join(' '),
      };
    },
  };
}
