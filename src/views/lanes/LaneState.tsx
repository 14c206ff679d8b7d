import { useState } from 'react';
import { UPDATE_STATISTICS } from '../../config/statistics';
import { formatSignificant } from '../../plot/format';
import { percentDone } from '../../lib/progress';
import { WORK } from '../../protocol/engine';
import { stallSentence, type Stall } from '../../runs/stall';
import type { Lane, LaneId } from '../../runs/state';
import { isAbsent } from '../panels/lanes';
import { useActions, useScope } from '../scope';
import { Button } from '../ui/buttons';
import { later } from '../ui/later';
import { Figures } from '../ui/Figures';
import { laneLetter } from '../ui/LaneMark';
import { DismissButton, Notices } from '../ui/Notices';
import { Terms } from '../ui/Terms';
import { TapTip } from '../ui/Tip';
import { useLane } from './useLane';

const BUSY: Partial<Record<Lane['engine']['status'], string>> = {
  starting: 'starting',
  building: 'building',
};

/** A page that leaves out the loss does not tell it beside the lanes either. */
const useHiddenLoss = () => useScope(({ view }) => view.hide.includes('loss'));
const useWork = (id: LaneId) =>
  useLane(id, ({ engine: { progress } }) => progress && WORK[progress.phase]);
const usePercent = (id: LaneId) =>
  useLane(id, ({ engine: { progress } }) => progress && percentDone(progress));

/** A bar for work that takes over a second. Its phases are said, its numbers can be asked for. */
export function LaneProgress({ id }: { id: LaneId }) {
  const work = useWork(id);
  const percent = usePercent(id);
  const words = work && `Lane ${laneLetter(id)}: ${work}`;
  return (
    <>
      <div role="status" className="ui-visually-hidden">
        {words}
      </div>
      {words && (
        <div
          className="ln-progress"
          role="progressbar"
          aria-label={words}
          aria-valuemin={0}
          aria-valuemax={100}
          aria-valuenow={percent ?? 0}
        >
          <div style={{ width: `${percent}%` }} />
        </div>
      )}
    </>
  );
}

/** The loss on show; what the lane is doing while there is none, or none yet for what was set. */
export function LaneLoss({ id }: { id: LaneId }) {
  const isHidden = useHiddenLoss();
  const loss = useLane(id, (lane) => lane.shown?.frame.loss);
  const absent = useLane(id, isAbsent);
  const busy = useLane(id, (lane) => BUSY[lane.engine.status]);
  const work = useWork(id);
  const percent = usePercent(id);
  return (
    <>
      {work ? (
        <span className="ln-work">
          <span className="ln-phase">{work}</span> <Figures text={`${percent}\u00A0%`} />
        </span>
      ) : (
        busy && <span className="ln-busy">{busy}</span>
      )}
      {absent && <span className="ln-busy">no frame</span>}
      {loss !== undefined && !isHidden && (
        <span className="ln-loss" data-broken={!Number.isFinite(loss) || undefined}>
          <span className="ln-soft">loss</span> <Figures text={formatSignificant(loss)} />
        </span>
      )}
    </>
  );
}

const ROWS = ['grad_norm', 'clip_factor', 'lr', 'loss_scale'] as const;

/** The loss, which tells of the update that follows from it when it is asked. */
export function LaneReadout({ id }: { id: LaneId }) {
  const frame = useLane(id, (lane) => lane.shown?.frame);
  const isHidden = useHiddenLoss();
  if (!frame || isHidden) return <LaneLoss id={id} />;
  const rows = ROWS.map((statistic) => ({
    label: UPDATE_STATISTICS[statistic].label,
    value: formatSignificant(frame.output[statistic]),
  }));
  const content = (
    <dl className="ln-update">
      {rows.map(({ label, value }) => (
        <div key={label}>
          <dt>{label}</dt>
          <dd>
            <Figures text={value} />
          </dd>
        </div>
      ))}
    </dl>
  );
  return (
    <TapTip
      className="ln-readout"
      content={content}
      label={rows.map(({ label, value }) => `${label} ${value}`).join(', ')}
    >
      <LaneLoss id={id} />
    </TapTip>
  );
}

/** The way on from a failure, beside its reason. */
const RESTART =
  'Restart gives this lane a new engine: it comes back to where it stood if a checkpoint is left, else it begins at step 0.';

const AlarmMessage = later(() => import('./AlarmMessage').then((code) => code.AlarmMessage));

/** Errors of a lane, where they were, and what can be done. */
export function LaneTrouble({ id }: { id: LaneId }) {
  const { restart } = useActions();
  /** The stall of which the message was sent away. */
  const [knownStall, setKnownStall] = useState<string | null>(null);
  const error = useLane(id, ({ engine }) =>
    engine.status === 'failed' ? (engine.error ?? '') : null,
  );
  const stall = useLane(id, (lane) => lane.stall);
  /** Where it raised an alarm, that tells it. */
  const isAlarm = ({ what }: Stall) =>
    alarms?.some(({ rule, remark }) => rule === 'no_update' && remark?.endsWith(what));
  const alarms = useLane(id, (lane) => lane.alarms);
  const trouble = useLane(id, (lane) => lane.trouble);
  return (
    <>
      <div role="alert">
        {error != null && (
          <div className="ui-notice" data-level="error">
            <p>
              {error || 'The engine of this lane stopped.'} {RESTART}
            </p>
            <Button onClick={() => restart(id)}>Restart</Button>
          </div>
        )}
      </div>
      <div role="status">
        {trouble && <AlarmMessage id={id} trouble={trouble} />}
        {stall && stall.what !== knownStall && !isAlarm(stall) && (
          <div className="ui-notice" data-level={stall.level}>
            <p>
              <Terms>{stallSentence(stall)}</Terms>
            </p>
            <DismissButton onClick={() => setKnownStall(stall.what)} />
          </div>
        )}
      </div>
      <Notices about={id} />
    </>
  );
}
