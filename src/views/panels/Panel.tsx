import { useId, type CSSProperties, type ReactNode } from 'react';
import { depthScale } from '../../plot/depth';
import { DepthLines } from '../../plot/Graticule';
import { RaisedText } from '../../plot/Raised';
import { useWidth } from '../../plot/useWidth';
import type { NamedLane } from './lanes';
import { useCalm } from './useCalm';
import './panels.css';

interface Props {
  title: string;
  /** What is chosen, after the title in its line. */
  head: ReactNode;
  /** At the right end of the line. */
  tools?: ReactNode;
  sentence: string;
  lanes: readonly NamedLane[];
  height: number;
  /** A panel against depth: its layers, and the one that is marked. */
  depth?: { n_layers: number; hovered: number | null; selected: number | null };
  plot(size: { width: number; height: number; describedBy: string }): ReactNode;
}

/** One plot with its title line above it and one sentence below. */
export function Panel({ title, head, tools, sentence, lanes, height, depth, plot }: Props) {
  const [attach, width] = useWidth();
  const titleId = useId();
  const describedBy = useId();
  const reserve = { '--lines': linesFor(lanes.length, width) } as CSSProperties;
  return (
    <figure className="panel" aria-labelledby={titleId} style={reserve}>
      {depth && width > 0 && <PanelDepth {...depth} width={width} />}
      <div className="panel-head">
        <h2 id={titleId}>{title}</h2>
        {head}
        {tools && <div className="panel-tools">{tools}</div>}
      </div>
      <div className="panel-plot" ref={attach} style={{ height }}>
        {width > 0 && plot({ width, height, describedBy })}
        <Failures lanes={lanes} />
      </div>
      <Caption id={describedBy} text={sentence} />
    </figure>
  );
}

/** The sentence alone renders when it changes. */
function Caption({ id, text }: { id: string; text: string }) {
  const shown = useCalm(text);
  return (
    <figcaption id={id}>
      <span>
        <RaisedText text={shown} />
      </span>
    </figcaption>
  );
}

/** The graticule's verticals behind the whole panel, so that they run on from one panel into the next. */
function PanelDepth({ n_layers, width, hovered, selected }: Props['depth'] & { width: number }) {
  const { x } = depthScale(n_layers, width);
  const cursor = (layer: number | null, className: string) =>
    layer !== null &&
    layer < n_layers && <line className={className} x1={x(layer)} x2={x(layer)} y1="0" y2="100%" />;
  return (
    <svg className="panel-depth" aria-hidden="true" width={width} height="100%">
      <DepthLines n_layers={n_layers} width={width} top="0" bottom="100%" />
      {cursor(hovered, 'hovered')}
      {cursor(selected, 'selected')}
    </svg>
  );
}

/** Why a lane has nothing to show, over the empty part of its plot. */
function Failures({ lanes }: { lanes: readonly NamedLane[] }) {
  const failed = lanes.filter(({ lane }) => lane.status === 'failed' && lane.error);
  if (!failed.length) return null;
  return (
    <ul className="panel-failures">
      {failed.map(({ lane, name }) => (
        <li key={lane.id} style={{ color: `var(--lane-${lane.id})` }}>
          {name}: {lane.error}
        </li>
      ))}
    </ul>
  );
}

/** Lines of text to keep free under a plot, so that nothing moves when the sentence grows. */
const linesFor = (lanes: number, width: number): number =>
  Math.max(2, width ? Math.ceil((lanes * 52 + 20) / (width / 6.4)) : 2);
