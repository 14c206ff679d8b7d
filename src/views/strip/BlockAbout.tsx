import { useState, type ReactNode } from 'react';
import { norms } from '../../config/norms';
import { placements } from '../../config/placements';
import type { LayerPlan } from '../../config/layers';
import { Explain, explainText } from '../ui/Explain';
import { Tip } from '../ui/Tip';

/** The equation under a drawn block; asked, it says what placement and norm are, and whose. */
export function BlockAbout({ plan, children }: { plan: LayerPlan; children: ReactNode }) {
  const [open, setOpen] = useState(false);
  const explained = [
    { ...placements[plan.placement], id: `placement=${plan.placement}` },
    { ...norms[plan.norm], id: `norm=${plan.norm}` },
  ].map(({ label, formula, note, source, id }) => ({
    ...{ title: label, formula, note, source },
    code: id,
  }));
  return (
    <Tip
      open={open}
      onOpenChange={setOpen}
      label={explained.map(explainText).join('. ')}
      content={
        <div className="st-about-both">
          {explained.map((about) => (
            <Explain key={about.code} {...about} />
          ))}
        </div>
      }
    >
      <button
        type="button"
        className="st-about"
        // A tap has no hover, and a tooltip closes on press: here both must open it.
        onPointerDown={(event) => event.preventDefault()}
        onClick={(event) => {
          event.preventDefault();
          setOpen(true);
        }}
      >
        <span className="ui-visually-hidden">
          About {explained.map(({ title }) => title).join(' and ')}:
        </span>
        {children}
      </button>
    </Tip>
  );
}
