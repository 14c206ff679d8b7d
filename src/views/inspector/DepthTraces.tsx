import { useMemo, useState, type ComponentProps } from 'react';
import { depthMargins, depthScale } from '../../plot/depth';
import { DepthPlot } from '../../plot/DepthPlot';
import type { Span } from '../../plot/span';

type Props = Omit<
  ComponentProps<typeof DepthPlot>,
  'depth' | 'marks' | 'onHover' | 'onSelect' | 'ticks'
> & { n_layers: number };

/** Traces against depth, in a plot whose marks are its own. */
export function DepthTraces({ n_layers, ...plot }: Props) {
  const { width, text, traces } = plot;
  const [hovered, onHover] = useState<number | null>(null);
  const [selected, onSelect] = useState<Span | null>(null);
  const depth = useMemo(() => {
    const names = traces.filter(({ isUnnamed }) => !isUnnamed).map(({ label }) => label);
    return depthScale(n_layers, width, depthMargins(width, text, names));
  }, [n_layers, width, text, traces]);
  return <DepthPlot {...plot} {...{ depth, onHover, onSelect }} marks={{ hovered, selected }} />;
}
