import { useMemo, useState } from 'react';
import type { Axis } from '../../plot/axis';
import { fitted, reach } from '../../plot/domain';
import { longestOf, textHeight, textPlace, TextPlot } from '../../plot/TextPlot';
import { laneLook } from '../panels/lanes';
import { ABOUT } from './about';
import { Absent, LanePick, Segments, type Choice } from './controls';
import { InspectorFigure } from './InspectorFigure';
import { chosen, missing, present } from './present';
import type { ViewProps } from './props';
import { symbolText } from './symbols';
import { within } from './words/attention';
import { COLOUR_IDS, COLOURS, tellColours, tokenText, valuesOf, type Colour } from './words/tokens';

/** Lines of text to a page of the batch, and the width in pixels that pages are made for. */
const LINES = 24;
const NARROW = 350;

/** The batch as text, each token on the colour of one of its numbers. */
export function Tokens({ reading, lanes, looking, lane, look }: ViewProps<'tokens'>) {
  const there = useMemo(() => present(reading.lanes, lanes), [reading, lanes]);
  const has = COLOUR_IDS.filter((colour) => there.some(({ of }) => valuesOf(of, colour)));
  const [asked, setAsked] = useState<Colour>('loss');
  const colour = has.includes(asked) ? asked : (has[0] ?? asked);
  const [turned, setTurned] = useState<{ sequence: number; page: number } | null>(null);
  const shown = chosen(there, lane);
  const { kind, label, unit } = COLOURS[colour];
  const axis = useMemo((): Axis => {
    const all = there.flatMap(({ of }) => valuesOf(of, colour) ?? []);
    const always = kind === 'linear' ? ([0, 0] as const) : undefined;
    return { kind, domain: fitted({ kind, data: reach(kind, all), always }) };
  }, [there, colour, kind]);
  const shownLane = shown?.lane;
  const of = shown?.of;
  const { grid, texts } = useMemo(() => {
    if (!of || !shownLane) return { grid: null, texts: [] };
    const { B, T, symbols } = of;
    const values = valuesOf(of, colour);
    return {
      texts: Array.from(
        { length: B * T },
        (_, i) => symbolText(shownLane.vocabulary, symbols?.[i]) ?? String(i % T),
      ),
      grid: {
        ...{ label: shownLane.name, ...laneLook(shownLane.id), columns: T, first: 0 },
        steps: Array.from({ length: B }, (_, i) => i),
        values: Float32Array.from({ length: B * T }, (_, i) => shade(values?.[i], colour)),
      },
    };
  }, [of, shownLane, colour]);
  const absent = (
    <Absent lanes={missing(reading.lanes, lanes)} has={`no tokens at ${looking.place}`} />
  );
  if (!shown || !grid || !of) return absent;
  const { B, T } = of;
  const last = Math.max(0, B - 1);
  const counts = { tokens: T, last, longest: longestOf(texts) };
  const { lines } = textPlace({ width: NARROW }, { ...counts, sequences: 1 });
  const count = Math.max(1, Math.min(B, Math.floor(LINES / lines)));
  const pages = Math.ceil(B / count);
  const marked = { row: within(looking.sequence, B), column: within(looking.token, T) };
  // A page that was turned to is left when another sequence is looked at.
  const own = turned?.sequence === looking.sequence ? turned.page : Math.floor(marked.row / count);
  const page = within(own, pages);
  const from = page * count;
  const sequences = Math.min(count, B - from);
  const turn = (by: number) => setTurned({ sequence: looking.sequence, page: page + by });
  return (
    <section className="in-part">
      <InspectorFigure
        title="tokens of the batch"
        about={ABOUT.tokens}
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
            {pages > 1 && (
              <span className="in-pages">
                <button
                  type="button"
                  aria-label="Sequences before these"
                  disabled={page === 0}
                  onClick={() => turn(-1)}
                >
                  ‹
                </button>
                <span role="status">{`sequences ${from}–${from + sequences - 1} of ${B}`}</span>
                <button
                  type="button"
                  aria-label="Sequences after these"
                  disabled={page === pages - 1}
                  onClick={() => turn(1)}
                >
                  ›
                </button>
              </span>
            )}
          </>
        }
        said={tellColours(reading, lanes, colour, looking.place)}
        height={(size) => textHeight(textPlace(size, { ...counts, sequences }))}
        plot={(size) => (
          <TextPlot
            {...size}
            {...{ grid, from, count, texts, axis, marked }}
            label={`tokens of the batch, ${label}${unit && ` in ${unit}`}${colour === 'loss' ? '' : ` at ${looking.place}`}`}
            name={`${label}${unit && `, ${unit}`}`}
            say={({ row, column }) => tokenText(shown.lane, of, row * T + column)}
            onChoose={({ row, column }) => look({ sequence: row, token: column })}
          />
        )}
      />
      {absent}
    </section>
  );
}

/** A value as maps have it: NaN where there is none, ∞ where one is not finite. A loss that is NaN is not counted. */
function shade(value: number | undefined, colour: Colour): number {
  if (value === undefined) return NaN;
  if (Number.isNaN(value) && colour === 'loss') return NaN;
  return Number.isFinite(value) ? value : Infinity;
}
