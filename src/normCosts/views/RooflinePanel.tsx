import { useId } from 'react';
import { norms } from '../../config/norms';
import { percent } from '../../lib/percent';
import { RooflinePlot, type RoofLine, type RoofPoint } from './RooflinePlot';
import { formatSignificant } from '../../plot/format';
import { useSize } from '../../plot/useSize';
import type { NormCost, Roof } from '../protocol';
import { About } from '../../views/panels/About';
import { laneLook, type NamedLane } from '../../views/panels/lanes';
import { SaveFigure } from '../../views/panels/SaveFigure';
import { alone, farRoof, nearRoof, reached, usersOf } from './read';
import { rate } from './sentences';

interface Props {
  costs: readonly NormCost[];
  roof: Roof;
  lanes: readonly NamedLane[];
}

const ABOUT = {
  title: 'Roofline',
  formula: String.raw`P \le \min(\pi,\; I\,\beta)`,
  note: 'What can be computed a second at an intensity of I operations for each byte: memory (β) limits what stands left of the bend, the processor (π) what stands right of it. β is that of sums of two tensors: drawn through the fastest of this size or more, dashed of tensors that exceed the caches; π that of a large product of matrices. Each norm is a point, forward and backward together.',
  source: 'Williams, Waterman, Patterson 2009, Roofline; the sums as in McCalpin 1995, STREAM',
};

export function RooflinePanel({ costs, roof, lanes }: Props) {
  const titleId = useId();
  const captionId = useId();
  const [attach, size] = useSize();
  const points = costs.map((cost): RoofPoint => {
    const user = usersOf(cost.norm, lanes)[0];
    const at = reached(alone(cost), nearRoof(roof));
    const { label } = norms[cost.norm];
    return {
      label,
      ...(user && laneLook(user.lane.id)),
      intensity: at.intensity,
      rate: at.flopsPerSecond,
      spoken: `${label}: ${formatSignificant(at.intensity, 2)} operations a byte, ${rate(at.flopsPerSecond, 'FLOP/s')}, ${percent(at.share)} of the roof`,
    };
  });
  const lines: RoofLine[] = [
    { ...nearRoof(roof), label: `${rate(roof.near, 'B/s')} from caches` },
    { ...farRoof(roof), label: `${rate(roof.far, 'B/s')} beyond the caches` },
  ];
  return (
    <figure className="nc-roof" aria-labelledby={titleId}>
      <div className="nc-head">
        <h3 id={titleId}>roofline</h3>
        <About {...ABOUT} />
        <SaveFigure title="roofline" />
      </div>
      <div className="panel-plot" ref={attach}>
        {size && (
          <RooflinePlot
            {...size}
            points={points}
            lines={lines}
            peakLabel={`${rate(roof.peak, 'FLOP/s')}, product of ${roof.rows} rows`}
            label="roofline, operations a second"
            describedBy={captionId}
          />
        )}
      </div>
      <figcaption id={captionId}>
        {`A sum moves ${rate(roof.near, 'B/s')} where it is fastest (drawn through) and ${rate(roof.far, 'B/s')} beyond the caches (dashed); a large product makes ${rate(roof.peak, 'FLOP/s')}.`}
      </figcaption>
    </figure>
  );
}
