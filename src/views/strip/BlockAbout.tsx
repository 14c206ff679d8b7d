import type { ReactNode } from 'react';
import { norms } from '../../config/norms';
import { placements } from '../../config/placements';
import type { LayerPlan } from '../../config/layers';
import { Explain, explainText } from '../ui/Explain';
import { TapTip } from '../ui/Tip';

/** The equation under a drawn block; asked, it says what placement and norm are, and whose. */
export function BlockAbout({ plan, children }: { plan: LayerPlan; children: ReactNode }) {
  const explained = [
    { ...placements[plan.placement], code: `placement=${plan.placement}` },
    { ...norms[plan.norm], code: `norm=${plan.norm}` },
  ].map(({ label: title, formula, note, source, code }) => ({
    title,
    formula,
    note,
    source,
    code,
  }));
  return (
    <TapTip
      className="st-about"
      label={explained.map(explainText).join('. ')}
      content={
        <div className="ui-explain-parts">
          {explained.map((about) => (
            <Explain key={about.code} {...about} />
          ))}
        </div>
      }
    >
      <span className="ui-visually-hidden">
        About {explained.map(({ title }) => title).join(' and ')}:
      </span>
      {children}
    </TapTip>
  );
}
