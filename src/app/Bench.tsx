import { useMemo, type ComponentType } from 'react';
import { NormCostPanel } from '../normCosts/views/NormCostPanel';
import type { Enlarged } from '../runs/view';
import { AttentionPanel } from '../views/panels/AttentionPanel';
import { EvaluationPanel } from '../views/panels/evaluation/EvaluationPanel';
import { GradientPanel } from '../views/panels/GradientPanel';
import { LossPanel } from '../views/panels/LossPanel';
import { MagnitudePanel } from '../views/panels/MagnitudePanel';
import { PanelPlaceContext } from '../views/panels/place';
import { SharedAxis } from '../views/panels/SharedAxis';
import { useScope } from '../views/scope';
import { BlockFigures } from '../views/strip/BlockFigures';
import { BlockStrip } from '../views/strip/BlockStrip';
import { Guard } from './Guard';

interface Entry {
  id: Enlarged;
  what: string;
  Panel: ComponentType;
}

const DEPTH: Entry[] = [
  { id: 'magnitude', what: 'The activation panel', Panel: MagnitudePanel },
  { id: 'gradient', what: 'The gradient panel', Panel: GradientPanel },
  { id: 'attention', what: 'The attention panel', Panel: AttentionPanel },
];
const LOSS: Entry = { id: 'loss', what: 'The loss panel', Panel: LossPanel };

function Place({ entry: { id, what, Panel }, hasAxis }: { entry: Entry; hasAxis: boolean }) {
  const place = useMemo(() => ({ id, hasAxis }), [id, hasAxis]);
  return (
    <div className="app-panel" data-panel={id}>
      <PanelPlaceContext value={place}>
        <Guard what={what}>
          <Panel />
        </Guard>
      </PanelPlaceContext>
    </div>
  );
}

interface BenchProps {
  /** Whether all panels are in sight at once, so that one axis serves them. */
  wide: boolean;
  attach(element: HTMLElement | null): void;
}

/** Everything that is read: the stack on top, what was measured on it below, what it is used for last. */
export function Bench({ wide, attach }: BenchProps) {
  const enlarged = useScope(({ view }) => view.panel);
  const isShown = ({ id }: Entry) => enlarged === null || id === enlarged;
  const depth = DEPTH.filter(isShown);
  return (
    <main
      ref={attach}
      className="app-bench"
      id="panels"
      tabIndex={-1}
      data-enlarged={enlarged ?? undefined}
    >
      <div className="app-stack">
        <Guard what="The drawing of the stack">
          {!wide && <BlockFigures />}
          <BlockStrip />
        </Guard>
      </div>
      {depth.map((entry) => (
        <Place key={entry.id} entry={entry} hasAxis={!wide} />
      ))}
      {wide && depth.length > 0 && <SharedAxis />}
      {isShown(LOSS) && <Place entry={LOSS} hasAxis />}
      <div className="app-more">
        <Guard what="The evaluation">
          <EvaluationPanel />
        </Guard>
        <Guard what="What norms cost">
          <NormCostPanel />
        </Guard>
      </div>
    </main>
  );
}
