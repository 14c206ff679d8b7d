import { memo } from 'react';
import type { Quantity } from '../../../config/quantity';
import { COMMANDS } from '../../commands';
import { useActions, useScope } from '../../scope';
import { later } from '../../ui/later';
import { Tip } from '../../ui/Tip';

const TheoryAbout = later(() => import('./TheoryAbout').then((code) => code.TheoryAbout));

const NOTE =
  'What theory predicts at initialization, dashed over what was measured, in all panels.';

/** Theory over what was measured, in all panels; while it is there, what it says and assumes. */
export const TheoryToggle = memo(function TheoryToggle({ quantity }: { quantity: Quantity }) {
  const isOn = useScope(({ view }) => view.theory !== 'off');
  const { setView } = useActions();
  const { shown } = COMMANDS.theory;
  return (
    <div className="panel-kind panel-theory" role="group" aria-label="Theory">
      <Tip
        label={`${NOTE} Key ${shown}`}
        content={
          <span className="ui-tip-line">
            {NOTE} <kbd>{shown}</kbd>
          </span>
        }
      >
        <button
          type="button"
          aria-label="Theory"
          aria-pressed={isOn}
          onClick={() => setView({ theory: isOn ? 'off' : 'on' })}
        >
          <span>theory</span>
        </button>
      </Tip>
      {isOn && <TheoryAbout quantity={quantity} />}
    </div>
  );
});
