import { difference } from '../../config/check';
import { DEFAULTS, readsText, type Config } from '../../config/fields';
import { fingerprint } from '../../lib/hash';
import { unpack, type Measurement } from '../../protocol/frame';
import { firstAlarm } from '../../runs/alarms/watch';
import { sameConfig } from '../../runs/link';
import type { Change, Segment } from '../../runs/run';
import { engineStep, type Lane, type LaneId, type ScopeStore } from '../../runs/state';
import { curveOf } from '../../runs/theory/curve';
import type { Prediction } from '../../theory/predict';
import type { Evidence, LaneEvidence, LaneRun, LaneRuns } from '../evidence';

/** The measurement of exactly this step; null where there is none. */
export function measuredAt(segments: readonly Segment[], step: number): Measurement | null {
  for (const { config, layout, frames } of segments) {
    const packed = frames.find((frame) => frame.step === step);
    if (packed) return { config, layout, frame: unpack(layout, packed) };
  }
  return null;
}

/** Tests if a lane stands as it is set: else what it measured is of the settings before. */
export const isSettled = ({ config, engine }: Lane): boolean =>
  engine.status === 'ready' && engine.latest !== null && sameConfig(engine.latest.config, config);

/** Steps at which settings were changed under way, each once. */
const changedAt = ({ changes }: Lane): number[] => [
  ...new Set(changes.map(({ step }) => step).filter((step) => step > 0)),
];

/** @param prediction of the lane at initialization; null while it is not there */
export function laneEvidence(
  lane: Lane,
  segments: readonly Segment[],
  prediction: Prediction | null,
): LaneEvidence {
  const measured = (step: number) => measuredAt(segments, step);
  return {
    ...{ config: lane.config, step: engineStep(lane), measured },
    changes: changedAt(lane),
    alarm: firstAlarm(lane.alarms),
    isDiverged: lane.divergence !== null,
    theory(quantity) {
      const first = prediction && measured(0);
      return first && curveOf(prediction, quantity, first);
    },
  };
}

/** The lanes of the page that stand as they are set. */
export const evidenceOf = (
  { actions, getState }: Pick<ScopeStore, 'actions' | 'getState'>,
  predictionOf: (lane: Lane) => Prediction | null = () => null,
): Evidence =>
  Object.fromEntries(
    getState()
      .lanes.filter(isSettled)
      .map((lane) => [lane.id, laneEvidence(lane, actions.recorded(lane.id), predictionOf(lane))]),
  );

/** The settings of a run by the step from which they held: of several changes at one step the last counts. */
function settingsBySteps(changes: readonly Change[]): LaneRun['changes'] {
  const last = changes.filter(({ step }, i) => changes[i + 1]?.step !== step);
  return last.flatMap(({ step, config }, i) => {
    const settings = difference(i ? last[i - 1]!.config : DEFAULTS, config);
    return i === 0 || Object.keys(settings).length ? [{ step, settings }] : [];
  });
}

/** The run of a lane, to be made again. */
export function runOf(lane: Lane, textName: string, text: string | null): LaneRun {
  const first: Change = { step: 0, config: lane.config };
  return {
    changes: settingsBySteps(lane.changes.length ? lane.changes : [first]),
    step: engineStep(lane),
    text:
      readsText(lane.config) && text !== null ? { name: textName, print: fingerprint(text) } : null,
    hasWeights: lane.changes.some(({ weights }) => weights),
  };
}

/** Of the lanes that are named, and are there. */
export function runsOf(
  { actions, getState }: Pick<ScopeStore, 'actions' | 'getState'>,
  ids: readonly LaneId[],
): LaneRuns {
  const { lanes, text } = getState();
  return Object.fromEntries(
    lanes
      .filter(({ id }) => ids.includes(id))
      .map((lane) => [lane.id, runOf(lane, text.name, actions.textFor(lane.config))]),
  );
}

/** Of a configuration and the text that it reads. */
export const theoryKey = (config: Config, text: string | null): string =>
  `${JSON.stringify(config)} ${text === null ? '' : fingerprint(text)}`;
