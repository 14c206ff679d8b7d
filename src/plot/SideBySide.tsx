import type { ComponentProps } from 'react';
import { depthScale } from './depth';
import { reach } from './domain';
import { DepthPlot, type DepthPlotProps } from './DepthPlot';
import { TEXT } from './layout';
import { valuesOf, type Trace } from './trace';

interface Props extends DepthPlotProps {
  /** The traces of each plot, under its name. */
  groups: { id: string; name: string; colour: string; traces: Trace[] }[];
}

/** A plot is no narrower than this: those that have no room go into a further row. */
const NARROWEST = 150;
/** Pixels right of the columns, for the name of their axis: those of lanes stand above. */
const RIGHT = 40;

/** One small plot against depth for each group, all with the value axis that shows all of them. */
export function SideBySide({ groups, ...props }: Props) {
  const { width, height, text = TEXT, depth, axis, traces, label } = props;
  const columns = Math.max(1, Math.min(groups.length, Math.floor(width / NARROWEST)));
  const size: Pick<ComponentProps<typeof DepthPlot>, 'width' | 'height'> = {
    width: Math.floor(width / columns),
    height: Math.floor(height / Math.ceil(groups.length / columns)),
  };
  const margins = { left: 4 * text, right: RIGHT };
  const own = depthScale(depth.n_layers, size.width, margins, depth.isFraction);
  const data = reach(axis.kind, valuesOf(traces));
  return (
    <div className="side-by-side" style={{ gridTemplateColumns: `repeat(${columns}, 1fr)` }}>
      {groups.map(({ id, name, colour, traces }) => (
        <div key={id}>
          <span className="side-by-side-name" style={{ color: colour }}>
            {name}
          </span>
          <DepthPlot
            {...props}
            {...size}
            {...{ traces, data }}
            depth={own}
            label={`${label}, ${name}`}
            ticks
          />
        </div>
      ))}
    </div>
  );
}
