import { AttentionPanel } from '../views/panels/AttentionPanel';
import { EvaluationPanel } from '../views/panels/evaluation/EvaluationPanel';
import { GradientPanel } from '../views/panels/GradientPanel';
import { LossPanel } from '../views/panels/LossPanel';
import { NormCostPanel } from '../normCosts/views/NormCostPanel';
import { MagnitudePanel } from '../views/panels/MagnitudePanel';
import { BlockStrip } from '../views/strip/BlockStrip';
import { Guard } from './Guard';

const PANELS = [
  ['The drawing of the stack', BlockStrip],
  ['The activation panel', MagnitudePanel],
  ['The gradient panel', GradientPanel],
  ['The attention panel', AttentionPanel],
  ['The loss panel', LossPanel],
] as const;

/** Everything that is read: the stack on top, what was measured on it below, what it is used for last. */
export const Bench = ({ attach }: { attach(element: HTMLElement | null): void }) => (
  <main ref={attach} className="app-bench" id="panels" tabIndex={-1}>
    {PANELS.map(([what, Panel]) => (
      <div key={what} className="app-panel">
        <Guard what={what}>
          <Panel />
        </Guard>
      </div>
    ))}
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
