import { useId, useMemo } from 'react';
import { describe } from '../../../config/describe';
import { readTyped, type Quantity } from '../../../config/quantity';
import { noteOn } from '../../../config/statisticNotes';
import { percent } from '../../../lib/percent';
import { formatSignificant } from '../../../plot/format';
import { numberOf } from '../../../protocol/read';
import type { Evaluated } from '../../../runs/state';
import type { ExplainProps } from '../../ui/Explain';
import { Figures } from '../../ui/Figures';
import { LaneMark } from '../../ui/LaneMark';
import { Terms } from '../../ui/Terms';
import { About } from '../About';
import { named, type NamedLane } from '../lanes';
import { useCalm } from '../../ui/useCalm';
import { numbersSentence } from './sentences';
import { useEvaluatedLanes } from './useEvaluatedLanes';

interface Column {
  /** The title where room is short. */
  short?: string;
  about: ExplainProps;
  /** In training and in evaluation; null where it is not defined. */
  of(evaluated: Evaluated): readonly [number, number] | null;
  format(value: number): string;
}

const LOSS = readTyped('loss')!;
const inBoth =
  (quantity: Quantity) =>
  (used: Evaluated): [number, number] => [
    numberOf(used.training, quantity)!,
    numberOf(used, quantity)!,
  ];

const output = (id: 'accuracy' | 'ece', short?: string): Column => {
  const quantity = readTyped(`${id}@output`)!;
  const about = describe(quantity);
  return {
    ...(short && { short }),
    about: { ...about, ...noteOn(quantity), title: about.label },
    of: inBoth(quantity),
    format: percent,
  };
};

const COLUMNS: Column[] = [
  {
    about: { title: 'loss', note: 'The objective, of the step’s batch in training.' },
    of: inBoth(LOSS),
    format: (value) => formatSignificant(value),
  },
  output('accuracy'),
  output('ece', 'calibr.'),
  {
    about: {
      title: 'leak',
      formula: String.raw`\lVert \Delta y_{<T} \rVert / \lVert y_{<T} \rVert`,
      note: 'How much the outputs before the last token move when that token is changed, as a share of their size; in training with batch statistics, in evaluation with running ones. 0 in a causal model whose tokens meet in attention alone. Nothing is dropped in either.',
    },
    of: ({ leak }) => leak && [leak.training, leak.evaluation],
    format: percent,
  },
];

function useSentence(lanes: readonly NamedLane[]): string {
  const told = lanes.flatMap(({ lane: { evaluation, recorded }, name }) => {
    if (!evaluation) return [];
    const loss = inBoth(LOSS)(evaluation);
    // Of a file’s run that is none of its columns.
    if (recorded && loss.some(Number.isNaN)) return [];
    return [{ name, step: evaluation.frame.step, loss }];
  });
  return useCalm(numbersSentence(told));
}

const useNamed = () => {
  const all = useEvaluatedLanes();
  return useMemo(() => named(all), [all]);
};

/** The same in the section’s line, to be seen without scrolling. It is read out with the table. */
export const InShort = () => (
  <span className="ev-what" aria-hidden="true">
    {useSentence(useNamed())}
  </span>
);

export function Numbers() {
  const captionId = useId();
  const lanes = useNamed();
  const sentence = useSentence(lanes);
  return (
    <div className="ev-numbers">
      <table aria-describedby={captionId}>
        <thead>
          <tr>
            <td rowSpan={2} />
            {COLUMNS.map(({ about, short }) => (
              <th key={about.title} scope="colgroup" colSpan={2}>
                <span className={short && 'ev-long'}>{about.title}</span>
                {short && (
                  <span className="ev-short" aria-hidden="true">
                    {short}
                  </span>
                )}
                <About {...about} />
              </th>
            ))}
          </tr>
          <tr>
            {COLUMNS.flatMap(({ about: { title } }) => [
              <th key={`${title} t`} scope="col">
                train<span className="ev-rest">ing</span>
              </th>,
              <th key={`${title} e`} scope="col">
                eval<span className="ev-rest">uation</span>
              </th>,
            ])}
          </tr>
        </thead>
        <tbody>
          {lanes.map(({ lane, name }) => (
            <tr key={lane.id}>
              <th scope="row" style={{ color: `var(--lane-${lane.id})` }}>
                <LaneMark id={lane.id} size={12} />
                <span>{name}</span>
              </th>
              {COLUMNS.map((column) => (
                <Cells
                  key={column.about.title}
                  values={lane.evaluation ? column.of(lane.evaluation) : null}
                  isPartial={lane.recorded !== undefined}
                  format={column.format}
                />
              ))}
            </tr>
          ))}
        </tbody>
      </table>
      <p id={captionId}>
        <Terms>{sentence}</Terms>
      </p>
    </div>
  );
}

interface CellsProps {
  values: readonly [number, number] | null;
  /** Either may have been left out. */
  isPartial: boolean;
  format(value: number): string;
}

/** Two numbers; what evaluation changes is set off. Not defined in training is not defined at all. */
function Cells({ values, isPartial, format }: CellsProps) {
  const isDefined = (value: number) => !Number.isNaN(isPartial ? value : values![0]);
  const texts = (values ?? [NaN, NaN]).map((value) =>
    values && isDefined(value) ? format(value) : '–',
  );
  return texts.map((text, i) => (
    <td key={i} data-apart={(i === 1 && text !== texts[0]) || undefined}>
      <Figures text={text} />
    </td>
  ));
}
