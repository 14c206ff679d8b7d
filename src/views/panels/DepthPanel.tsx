import type { ReactNode } from 'react';
import { DepthPlot } from '../../plot/DepthPlot';
import type { Frame, Layout } from '../../protocol/frame';
import { useActions } from '../scope';
import { AxisKind, useAxisKind } from './AxisKind';
import { Panel } from './Panel';
import type { Told } from './sentences';
import type { Series } from './series';
import { useDepthPanel } from './useDepthPanel';

interface Props {
  title: string;
  head: ReactNode;
  /** Names what is read; when it changes, the axis starts afresh. */
  subject: string;
  /** What is read of a frame; stable while it reads the same. */
  read(layout: Layout, frame: Frame): Series;
  /** The statistic's own axis. */
  about: { log: boolean; domain?: [number, number] };
  tell(told: readonly Told[]): string;
}

const FROM_ZERO: [number, number] = [0, 0];

/** A panel against depth: every lane's values at one place, marked where the others are marked. */
export function DepthPanel({ title, head, subject, read, about, tell }: Props) {
  const { hover, select } = useActions();
  const { lanes, n_layers, traces, told, hovered, selected, glides } = useDepthPanel(read);
  const [kind, setKind] = useAxisKind(subject, about.log ? 'log' : 'linear');
  return (
    <Panel
      {...{ title, head, lanes }}
      tools={<AxisKind kind={kind} onPick={setKind} />}
      sentence={tell(told)}
      depth={{ n_layers, hovered, selected }}
      plot={(size) => (
        <DepthPlot
          {...size}
          {...{ kind, traces, n_layers, hovered, selected, glides }}
          label={`${title}, ${subject}`}
          subject={`${kind} ${subject}`}
          always={about.domain ?? FROM_ZERO}
          onHover={hover}
          onSelect={select}
        />
      )}
    />
  );
}
