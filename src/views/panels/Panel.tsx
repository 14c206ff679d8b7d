import { memo, useContext, useId, type CSSProperties, type ReactNode, createContext } from 'react';
import { columnsOf, type DepthScale } from '../../plot/depth';
import { DepthLines } from '../../plot/Graticule';
import { formatCount } from '../../plot/format';
import { cutSpan, onlyLayer, type Span } from '../../plot/span';
import { useSize, type Size } from '../../plot/useSize';
import { isAbsent, type NamedLane, useDepthScale } from './lanes';
import { enlargeKey } from '../commands';
import { useActions, useScope } from '../scope';
import { EnlargeIcon, ShrinkIcon } from '../ui/icons';
import { IconButton } from '../ui/buttons';
import { useCalmly } from '../ui/useCalm';
import { Terms } from '../ui/Terms';
import { useCode } from '../ui/useCode';
import { SaveFigure } from './SaveFigure';
import './panels.css';
import { later } from '../../runs/later';
import type { Enlarged } from '../../runs/view';
import type * as Words from './words';

export const fetchWords = later('says what panels show', () => import('./words'));

interface Marks {
  hovered: number | null;
  selected: Span | null;
}

interface Props {
  /** In a narrow panel its last word alone is shown. */
  title: string;
  /** Of its heading; 3 within a section. */
  level?: 2 | 3;
  /** The choice of what is shown, after the title in its line. */
  head: ReactNode;
  tools?: ReactNode;
  /** Its finding in words: asked for less often than there are pictures. */
  sentence(words: typeof Words): string;
  lanes: readonly NamedLane[];
  /** Clauses of the sentence for each lane; one unless said. */
  clauses?: number;
  /** Of a panel against depth: the layers that are marked. */
  marks?: Marks;
  plot(size: Size & { describedBy: string }, depth: DepthScale): ReactNode;
}

/** From this width on, the sentence stands beside the title, so that the height goes to the plot. */
const BESIDE = 720;

/** One plot with its title and the sentence that says what it shows. */
export function Panel({
  title,
  level = 2,
  head,
  tools,
  sentence,
  lanes,
  clauses = 1,
  marks,
  plot,
}: Props) {
  const Heading = `h${level}` as const;
  const [attach, size] = useSize();
  const depth = useDepthScale(size);
  const titleId = useId();
  const describedBy = useId();
  const { isGivenHeight } = useContext(PanelPlaceContext);
  const isBeside = isGivenHeight && size !== null && size.width >= BESIDE;
  const reserve = { '--lines': isBeside ? 0 : linesFor(lanes, clauses, size) } as CSSProperties;
  return (
    <figure
      className="panel"
      data-beside={isBeside || undefined}
      aria-labelledby={titleId}
      style={reserve}
    >
      {marks && size && <PanelDepth {...marks} depth={depth} />}
      <div className="panel-head">
        <Heading id={titleId}>
          <span className="panel-qualifier">{title.replace(/\S+$/, '')}</span>
          {title.split(' ').at(-1)}
        </Heading>
        {head}
      </div>
      <div className="panel-tools">
        {tools}
        <SaveFigure title={title} />
        <Enlarge title={title} />
      </div>
      <div className="panel-plot" ref={attach}>
        {size && plot({ ...size, describedBy }, depth)}
      </div>
      <Caption id={describedBy} tell={sentence} lanes={lanes} />
    </figure>
  );
}

/** Gives the panel the whole column, and takes it back. */
const Enlarge = memo(function Enlarge({ title }: { title: string }) {
  const { id } = useContext(PanelPlaceContext);
  const isEnlarged = useScope(({ view }) => view.panel === id);
  const { setView } = useActions();
  if (!id) return null;
  return (
    <IconButton
      className="panel-enlarge"
      label={isEnlarged ? 'All panels' : `Enlarge ${title}`}
      shortcut={enlargeKey(id).toUpperCase()}
      aria-pressed={isEnlarged}
      icon={isEnlarged ? <ShrinkIcon /> : <EnlargeIcon />}
      onClick={() => setView({ panel: isEnlarged ? null : id })}
    />
  );
});

interface CaptionProps {
  id: string;
  tell(words: typeof Words): string;
  lanes: readonly NamedLane[];
}

/** The plot in words, and why a lane is not in it. */
function Caption({ id, tell, lanes }: CaptionProps) {
  const words = useCode(fetchWords);
  const shown = useCalmly(() => (words ? tell(words) : ''));
  const moment = useScope((scope) => scope.moment);
  const absent = lanes.filter(({ lane }) => isAbsent(lane)).map(({ name }) => name);
  return (
    <figcaption id={id}>
      <span title={shown}>
        <Terms>{shown}</Terms>
      </span>
      {absent.length > 0 && (
        <strong>{` No frame of step ${formatCount(Number(moment))}: ${absent.join(', ')}.`}</strong>
      )}
      {lanes.map(({ lane, name }) =>
        lane.engine.status === 'failed' && lane.engine.error ? (
          <strong key={lane.id} style={{ color: `var(--lane-${lane.id})` }}>
            {` ${name} has stopped.`}
          </strong>
        ) : null,
      )}
    </figcaption>
  );
}

/** The graticule's verticals behind the whole panel, so that they run on from one panel into the next. */
const PanelDepth = memo(function PanelDepth(props: Marks & { depth: DepthScale }) {
  const { depth, hovered } = props;
  const { n_layers, width, x } = depth;
  const selected = cutSpan(props.selected, n_layers);
  const one = onlyLayer(selected);
  const cursor = (layer: number | null, className: string) =>
    layer !== null &&
    layer < n_layers && <line className={className} x1={x(layer)} x2={x(layer)} y1="0" y2="100%" />;
  return (
    <svg className="panel-depth" aria-hidden="true" width={width} height="100%">
      <DepthLines depth={depth} />
      {cursor(hovered, 'hovered')}
      {cursor(one, 'selected')}
      {selected && one === null && (
        <rect className="span" {...columnsOf(depth, selected)} height="100%" />
      )}
    </svg>
  );
});

/** Characters of the sentence per lane, at most as a rule, and what one is wide in units of a tick's text. */
const CLAUSE = 46;
const CHARACTER = 0.535;

/** Lines of text to keep free under a plot, so that nothing moves when the sentence grows. */
const linesFor = (lanes: readonly NamedLane[], clauses: number, size: Size | null): number => {
  if (!size) return 2;
  const failed = lanes.filter(({ lane }) => lane.engine.status === 'failed').length;
  const characters = (clauses * lanes.length + failed) * CLAUSE + 24;
  return Math.ceil((characters * CHARACTER * size.text) / size.width);
};

/** Where a panel stands on the page. */
export interface PanelPlace {
  /** Its name, where it can have the whole column. */
  id: Enlarged | null;
  /** The layers' numbers stand under it, and not under all panels together. */
  hasAxis: boolean;
  /** The page gives the panel its height; else the panel has a good one of its own. */
  isGivenHeight: boolean;
}

export const PanelPlaceContext = createContext<PanelPlace>({
  id: null,
  hasAxis: true,
  isGivenHeight: false,
});
