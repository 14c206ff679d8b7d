import { splitSuperscripts } from './format';

/** Pixels by which an exponent stands above its base in a drawing. */
const LIFT = 4.5;

/** Text inside an SVG `<text>`, its superscript characters drawn as raised digits of the same face. */
export function RaisedTspans({ text }: { text: string }) {
  const runs = splitSuperscripts(text);
  if (!runs.some((run) => run.raised)) return text;
  return runs.map((run, i) => (
    <tspan
      key={i}
      className={run.raised ? 'raised' : undefined}
      dy={run.raised ? -LIFT : i > 0 ? LIFT : undefined}
    >
      {run.text}
    </tspan>
  ));
}

/** The same in running text. */
export const RaisedText = ({ text }: { text: string }) =>
  splitSuperscripts(text).map((run, i) =>
    run.raised ? <sup key={i}>{run.text}</sup> : <span key={i}>{run.text}</span>,
  );
