import { useMemo, useState, type ReactNode } from 'react';
import type { LaneTokens } from '../../inspect/readings';
import type { Axis } from '../../plot/axis';
import { fitted, reach } from '../../plot/domain';
import type { Grid } from '../../plot/drawn';
import { longestOf, textHeight, textPlace, TextPlot } from '../../plot/TextPlot';
import { laneLook } from '../panels/lanes';
import { ABOUT } from './about';
import { Absent, LanePick, Segments, type Choice } from './controls';
import { InspectorFigure } from './InspectorFigure';
import { chosen, missing, present, type Present } from './present';
import type { InspectedLane, ViewProps } from './props';
import { symbolText } from './symbols';
import { within } from './words/attention';
import { COLOUR_IDS, COLOURS, tellColours, tokenText, valuesOf, type Colour } from './words/tokens';

/** Lines of text to a page of the batch, and the width in pixels that pages are made for. */
const LINES = 24;
const NARROW = 350;

/** The batch as text, each token on the colour of one of its numbers. */
export function Tokens({ reading, lanes, looking, lane, look }: ViewProps<'tokens'>) {
  const [asked, setAsked] = useState<Colour>('loss');
  const there = present(reading.lanes, lanes);
  const has = COLOUR_IDS.filter((colour) => there.some(({ of }) => valuesOf(of, colour)));
  const colour = has.includes(asked) ? asked : (has[0] ?? asked);
  const shown = chosen(there, lane);
  const absent = (
    <Absent lanes={missing(reading.lanes, lanes)} has={`no tokens at ${looking.place}`} />
  );
  if (!shown) return absent;
  const { kind } = COLOURS[colour];
  const all = there.flatMap(({ of }) => valuesOf(of, colour) ?? []);
  const always = kind === 'linear' ? ([0, 0] as const) : undefined;
  return (
    <section className="in-part">
      <Batch
        {...{ shown, colour, looking, look }}
        axis={{ kind, domain: fitted({ kind, data: reach(kind, all), always }) }}
        said={tellColours(reading, lanes, colour, looking.place)}
        tools={
          <>
            <Segments
              label="Colour"
              value={colour}
              options={has.map((id): Choice<Colour> => ({ id, ...COLOURS[id] }))}
              onPick={setAsked}
            />
            <LanePick
              lanes={there.map((one) => one.lane)}
              value={shown.lane.id}
              onPick={(lane) => look({ lane })}
            />
          </>
        }
      />
      {absent}
    </section>
  );
}

interface BatchProps extends Pick<ViewProps<'tokens'>, 'looking' | 'look'> {
  shown: Present<LaneTokens>;
  colour: Colour;
  axis: Axis;
  said: string;
  tools: ReactNode;
}

/** The tokens of one lane, a page of them at a time. */
function Batch({ shown, colour, axis, said, tools, looking, look }: BatchProps) {
  const [turned, setTurned] = useState<{ sequence: number; page: number } | null>(null);
  const { lane, of } = shown;
  const { B, T } = of;
  const { label, unit } = COLOURS[colour];
  const texts = useMemo(() => textsOf(lane, of), [lane, of]);
  const grid = useMemo(() => gridOf(lane, of, colour), [lane, of, colour]);
  const last = Math.max(0, B - 1);
  const counts = { tokens: T, last, longest: longestOf(texts) };
  const { lines } = textPlace({ width: NARROW }, { ...counts, sequences: 1 });
  const count = Math.max(1, Math.min(B, Math.floor(LINES / lines)));
  const pages = Math.max(1, Math.ceil(B / count));
  const marked = { row: within(looking.sequence, B), column: within(looking.token, T) };
  // A page that was turned to is left when another sequence is looked at.
  const own = turned?.sequence === looking.sequence ? turned.page : Math.floor(marked.row / count);
  const page = within(own, pages);
  const from = page * count;
  const sequences = Math.min(count, B - from);
  const turn = (by: number) => setTurned({ sequence: looking.sequence, page: page + by });
  return (
    <InspectorFigure
      title="tokens of the batch"
      about={ABOUT.tokens}
      tools={
        <>
          {tools}
          {pages > 1 && <Pages {...{ page, pages, from, sequences, of: B, turn }} />}
        </>
      }
      said={said}
      height={(size) => textHeight(textPlace(size, { ...counts, sequences }))}
      plot={(size) => (
        <TextPlot
          {...size}
          {...{ grid, from, count, texts, axis, marked }}
          label={`tokens of the batch, ${label}${unit && ` in ${unit}`}${colour === 'loss' ? '' : ` at ${looking.place}`}`}
          name={`${label}${unit && `, ${unit}`}`}
          say={({ row, column }) => tokenText(lane, of, row * T + column)}
          onChoose={({ row, column }) => look({ sequence: row, token: column })}
        />
      )}
    />
  );
}

interface PagesProps {
  page: number;
  pages: number;
  from: number;
  sequences: number;
  of: number;
  turn(by: number): void;
}

const Pages = ({ page, pages, from, sequences, of, turn }: PagesProps) => (
  <span className="in-pages">
    <button
      type="button"
      aria-label="Sequences before these"
      disabled={page === 0}
      onClick={() => turn(-1)}
    >
      ‹
    </button>
    <span role="status">
      {sequences > 1
        ? `sequences ${from}–${from + sequences - 1} of ${of}`
        : `sequence ${from} of ${of}`}
    </span>
    <button
      type="button"
      aria-label="Sequences after these"
      disabled={page === pages - 1}
      onClick={() => turn(1)}
    >
      ›
    </button>
  </span>
);

/** The symbols of the batch; positions where there are none. */
const textsOf = ({ vocabulary }: InspectedLane, { B, T, symbols }: LaneTokens): string[] =>
  Array.from({ length: B * T }, (_, i) => symbolText(vocabulary, symbols?.[i]) ?? String(i % T));

function gridOf({ id, name }: InspectedLane, of: LaneTokens, colour: Colour): Grid {
  const { B, T } = of;
  const values = valuesOf(of, colour);
  return {
    ...{ label: name, ...laneLook(id), columns: T, first: 0 },
    steps: Array.from({ length: B }, (_, i) => i),
    values: Float32Array.from({ length: B * T }, (_, i) =>
      colour === 'loss' && (of.targets?.[i] ?? 0) < 0 ? NaN : shade(values?.[i]),
    ),
  };
}

/** A value as maps have it: NaN where there is none, ∞ where one is not finite. */
function shade(value: number | undefined): number {
  if (value === undefined) return NaN;
  return Number.isFinite(value) ? value : Infinity;
}
