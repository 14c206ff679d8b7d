import { useId, useState } from 'react';
import { valuesIn } from './bars';
import { EMBED, type DepthScale } from './depth';
import type { ValueAxis } from './domain';
import type { PlotFrame } from './frame';
import { DepthLines } from './Graticule';
import { Hatch } from './Hatch';
import { useGround, type Across } from './ground';
import { ellipsized } from './labels';
import { LayerTicks } from './LayerAxis';
import type { Mark } from './marks';
import { Plot } from './Plot';
import type { LineStyle, Trace } from './trace';

/** The look of a bar: filled, faint, or an outline. */
export type BarStyle = 'full' | 'faint' | 'hollow';

/** A value at a depth: −1 is the embedding, n_layers what follows the last layer. */
export interface Bar {
  label: string;
  /** Bars of one kind are one series of a figure. */
  kind: string;
  style: BarStyle;
  at: number;
  value: number;
}

export interface BarPlotProps extends PlotFrame {
  depth: DepthScale;
  bars: readonly Bar[];
  name: string;
  colour: string;
  mark: Mark;
  axis: ValueAxis;
  unit?: string;
  ticks?: boolean;
}

/** Bars of one lane by depth, those of one layer beside one another. */
export function BarPlot({ depth, bars, name, colour, mark, axis, unit, ...frame }: BarPlotProps) {
  const [hovered, setHovered] = useState<number | null>(null);
  const { n_layers, left, column } = depth;
  // Places are counted from the embedding on, as a cursor’s are.
  const across: Across = { ...depth, x: (place) => depth.x(place + EMBED) };
  const kinds = [...new Set(bars.map(({ kind }) => kind))];
  const layer = hovered === null ? null : hovered + EMBED;
  return (
    <Plot
      {...frame}
      across={across}
      axis={axis}
      shown={{
        ...{ across: 'layer', unit },
        traces: kinds.map((kind): Trace => ({
          ...{ id: `${name} ${kind}`, label: `${name} ${kind}`, lane: name, colour, mark },
          ...lineOf(bars.find((bar) => bar.kind === kind)!.style),
          points: bars
            .filter((bar) => bar.kind === kind)
            .map(({ at, value }) => ({ x: at, y: value })),
        })),
      }}
      cursor={{
        ...{ name: 'layer', last: n_layers + 1, hovered, onHover: setHovered },
        placeAt: (x) => Math.min(Math.max(Math.floor((x - left) / column), 0), n_layers + 1),
        say: (place) => sayPlace(place + EMBED, n_layers),
      }}
      readingsAt={(place) =>
        valuesIn(bars, place + EMBED).map(({ label, value }) => ({
          ...{ id: label, label, colour, value, points: [] },
        }))
      }
      behind={<Lines depth={depth} />}
    >
      <Bars {...{ bars, colour, depth }} />
      <BarName {...{ name, colour }} />
      {frame.ticks !== false && (
        <Ticks depth={depth} hovered={layer !== null && layer >= 0 ? layer : null} />
      )}
    </Plot>
  );
}

/** Files of a figure tell kinds by the dashes of lines. */
const LINES: Partial<Record<BarStyle, LineStyle>> = { faint: 'dashed', hollow: 'dotted' };
const lineOf = (style: BarStyle): Pick<Trace, 'line'> => {
  const line = LINES[style];
  return line ? { line } : {};
};

const sayPlace = (at: number, n_layers: number): string =>
  at === EMBED ? 'embed' : at >= n_layers ? 'after the last layer' : `layer ${at}`;

function Lines({ depth }: { depth: DepthScale }) {
  const { groundTop, groundBottom } = useGround().rows;
  return <DepthLines depth={depth} top={groundTop} bottom={groundBottom} />;
}

function Ticks({ depth, hovered }: { depth: DepthScale; hovered: number | null }) {
  const { tickY, text } = useGround().rows;
  return <LayerTicks {...{ depth, hovered }} selected={null} y={tickY} size={text} />;
}

function BarName({ name, colour }: { name: string; colour: string }) {
  const { across, rows } = useGround();
  return (
    <text
      className="bar-name"
      style={{ color: colour }}
      x={across.right - 4}
      y={rows.groundTop + rows.text + 2}
    >
      {ellipsized(name, across.right - across.left - 8, rows.text)}
      <title>{name}</title>
    </text>
  );
}

/** The share of a column that its bars take. */
const FILLED = 0.78;

function Bars({ bars, colour, depth }: Pick<BarPlotProps, 'bars' | 'colour' | 'depth'>) {
  const { y, rows, clip } = useGround();
  const hatch = useId();
  const zero = y(0) ?? rows.groundBottom;
  const places = [...new Set(bars.map(({ at }) => at))];
  return (
    <g className="bars" style={{ color: colour }} clipPath={clip}>
      <Hatch id={hatch} />
      {places.flatMap((at) => {
        const here = valuesIn(bars, at);
        const width = (depth.column * FILLED) / here.length;
        const start = depth.x(at) - (depth.column * FILLED) / 2;
        return here.map(({ label, style, value }, i) => {
          const height = y(value);
          const place = { x: start + i * width, width: Math.max(1, width - (width > 4 ? 1 : 0)) };
          if (height === null) {
            const { groundTop, groundBottom } = rows;
            return (
              <rect
                key={label}
                {...place}
                y={groundTop}
                height={groundBottom - groundTop}
                fill={`url(#${hatch})`}
              />
            );
          }
          return (
            <rect
              key={label}
              className={style}
              {...place}
              y={Math.min(zero, height)}
              height={Math.max(0.5, Math.abs(height - zero))}
            />
          );
        });
      })}
    </g>
  );
}
