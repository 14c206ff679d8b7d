import { Tabs } from 'radix-ui';
import type { ReactNode } from 'react';
import { LOWER, type Lower } from '../../../runs/view';
import { useActions, useScope } from '../../scope';
import { later } from '../../ui/later';
import { LossPanel } from '../LossPanel';
import './lower.css';

const PANELS: Record<Lower, (props: object) => ReactNode> = {
  loss: LossPanel,
  traces: later(() => import('./TracesPanel').then((code) => code.TracesPanel)),
  waterfall: later(() => import('./WaterfallPanel').then((code) => code.WaterfallPanel)),
};

/** The panel against steps: the loss, any other quantity, or one against depth and steps at once. */
export function LowerPanel() {
  const { setView } = useActions();
  const shown = useScope(({ view }) => view.lower);
  return (
    <Tabs.Root
      className="lower"
      value={shown}
      onValueChange={(lower) => setView({ lower: lower as Lower })}
    >
      <Tabs.List className="lower-tabs" aria-label="Against steps">
        {LOWER.map((id) => (
          <Tabs.Trigger key={id} value={id} className="lower-tab">
            {id}
          </Tabs.Trigger>
        ))}
      </Tabs.List>
      {LOWER.map((id) => {
        const Shown = PANELS[id];
        return (
          <Tabs.Content key={id} value={id} className="lower-content" tabIndex={-1}>
            <Shown />
          </Tabs.Content>
        );
      })}
    </Tabs.Root>
  );
}
