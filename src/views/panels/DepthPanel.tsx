import { useContext, type ReactNode } from 'react';
import type { AboutStatistic } from '../../config/statistics';
import { DepthPlot } from '../../plot/DepthPlot';
import { reach } from '../../plot/domain';
import { nearLimits, type Limit } from '../../plot/limits';
import { valuesOf } from '../../plot/trace';
import type { Lane } from '../../runs/state';
import { useActions } from '../scope';
import { AxisKind, useAxisKind } from './AxisKind';
import { Panel, PanelPlaceContext } from './Panel';
import { rangeSentence } from './countSentence';
import type { Told } from './sentences';
import { useDepthPanel, type LaneSeries } from './useDepthPanel';

interface Props {
  title: string;
  level?: 2 | 3;
  head: ReactNode;
  /** Names what is read; when it changes, the axis starts afresh. */
  subject: string;
  /** Reads a lane; the same function for as long as it reads the same. */
  read(lane: Lane): LaneSeries | null;
  /** The lanes that are read, where not every step of them is shown. */
  from?: Lane[];
  about: Pick<AboutStatistic, 'log' | 'domain'>;
  counts?: boolean;
  /** Where formats end, for what is measured in their units. */
  limits?: Limit[];
  tell(told: readonly Told[]): string;
}

const FROM_ZERO: [number, number] = [0, 0];
const NO_LIMITS: Limit[] = [];

/** A panel against depth: every lane's values at one place, marked where the others are marked. */
export function DepthPanel(props: Props) {
  const { title, level = 2, head, subject, read, about, tell } = props;
  const { counts = false, limits = NO_LIMITS } = props;
  const { hasAxis } = useContext(PanelPlaceContext);
  const { hover, select } = useActions();
  const { lanes, traces, told, hovered, selected, glides } = useDepthPanel(read, props.from);
  const [picked, setPicked] = useAxisKind(subject, about.log ? 'log' : 'linear');
  const kind = counts && picked === 'log' ? 'count' : picked;
  // On a linear axis what is small beside the data cannot be told from 0.
  const drawn = kind === 'log' ? limits : NO_LIMITS;
  const near = () => (drawn.length ? nearLimits(reach('log', valuesOf(traces)), drawn) : []);
  return (
    <Panel
      {...{ title, level, head, lanes }}
      tools={<AxisKind kind={picked} onPick={setPicked} />}
      sentence={() => [tell(told), rangeSentence(near())].filter(Boolean).join(' ')}
      marks={{ hovered, selected }}
      plot={(size, depth) => (
        <DepthPlot
          {...size}
          ticks={hasAxis}
          {...{ depth, traces }}
          axis={{
            kind,
            subject: `${kind} ${subject}`,
            always: about.domain ?? FROM_ZERO,
            live: !glides,
          }}
          limits={drawn}
          marks={{ hovered, selected }}
          label={`${title}, ${subject}`}
          onHover={hover}
          onSelect={select}
        />
      )}
    />
  );
}
