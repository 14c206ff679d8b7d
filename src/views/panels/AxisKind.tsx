import { memo, useCallback, useState } from 'react';
import type { Axis } from '../../plot/axis';

type Kind = Exclude<Axis['kind'], 'count'>;

/** The kind of axis that a statistic asks for, until someone wants the other. */
export function useAxisKind(subject: string, natural: Kind): [Kind, (kind: Kind) => void] {
  const [chosen, setChosen] = useState<{ subject: string; kind: Kind } | null>(null);
  const pick = useCallback((kind: Kind) => setChosen({ subject, kind }), [subject]);
  return [chosen?.subject === subject ? chosen.kind : natural, pick];
}

const KINDS: [Kind, string][] = [
  ['log', 'log'],
  ['linear', 'lin'],
];

interface Props {
  kind: Kind;
  onPick(kind: Kind): void;
}

export const AxisKind = memo(function AxisKind({ kind, onPick }: Props) {
  return (
    <div className="panel-kind" role="group" aria-label="Value axis">
      {KINDS.map(([id, label]) => (
        <button
          key={id}
          type="button"
          aria-pressed={id === kind}
          title={`${id === 'log' ? 'Logarithmic' : 'Linear'} axis`}
          onClick={() => onPick(id)}
        >
          {label}
        </button>
      ))}
    </div>
  );
});
