/** A lane of a report. */
export interface ReportLane {
  letter: string;
  name: string;
  /** A colour as attributes have it, #0072b2. */
  colour: string;
  /** Where it stands: “step 128, loss 2.31”. */
  state: string;
  /** MathML of its block, and what the equation does not say. */
  equations: string[];
  beside: string;
  settings: { label: string; value: string }[];
  events: { step: string; text: string }[];
  /** The backend that computed, or of what file it is. */
  origin: string;
}

export interface ReportFigure {
  title: string;
  sentence: string;
  svg: string;
  width: number;
}

export interface Report {
  title: string;
  /** The day and time of it, in words. */
  when: string;
  app: string;
  link: string;
  lanes: ReportLane[];
  figures: ReportFigure[];
}

const SIGNS: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };
const escaped = (text: string): string => text.replace(/[&<>"]/g, (sign) => SIGNS[sign]!);

const STYLE = `
:root { color-scheme: light; }
body { max-width: 1080px; margin: 32px auto; padding: 0 24px; background: #fff; color: #1b1c1e;
  font: 15px/1.5 Inter, system-ui, "Segoe UI", Roboto, Helvetica, Arial, sans-serif; }
h1 { margin: 0; font-size: 26px; }
h2 { margin: 32px 0 8px; font-size: 18px; }
h3 { margin: 24px 0 4px; font-size: 15px; }
p { margin: 4px 0; }
.soft, th { color: #55585e; font-weight: 400; }
a { color: inherit; overflow-wrap: anywhere; }
table { border-collapse: collapse; margin: 8px 0; }
th, td { padding: 2px 16px 2px 0; text-align: left; vertical-align: top; }
td { overflow-wrap: anywhere; }
figure { margin: 16px 0 24px; break-inside: avoid; }
figure img { display: block; max-width: 100%; height: auto; }
section { break-inside: avoid; }
math { font-size: 1.15em; }
@media print { body { margin: 0; max-width: none; font-size: 11pt; } }
`;

const inBase64 = (text: string): string => {
  const bytes = new TextEncoder().encode(text);
  let letters = '';
  for (const byte of bytes) letters += String.fromCharCode(byte);
  return btoa(letters);
};

const table = (rows: [head: string, cell: string][]): string =>
  rows.length
    ? `<table>${rows
        .map(
          ([head, cell]) =>
            `<tr><th scope="row">${escaped(head)}</th><td>${escaped(cell)}</td></tr>`,
        )
        .join('')}</table>`
    : '';

const laneOf = (lane: ReportLane): string => `<section>
<h3 style="color:${lane.colour}">${escaped(lane.letter)}: ${escaped(lane.name)}</h3>
<p>${escaped(lane.state)} <span class="soft">${escaped(lane.origin)}</span></p>
${lane.equations.map((equation) => `<p>${equation}</p>`).join('\n')}
${lane.beside ? `<p class="soft">${escaped(lane.beside)}</p>` : ''}
${table(lane.settings.map(({ label, value }) => [label, value]))}
${lane.events.length ? `<p>Under way:</p>${table(lane.events.map(({ step, text }) => [step, text]))}` : ''}
</section>`;

/** Each drawing is a picture of its own: what one names inside, another may name too. */
const figureOf = ({ title, sentence, svg, width }: ReportFigure): string => `<figure>
<img width="${width}" alt="${escaped(`${title}: ${sentence}`)}" src="data:image/svg+xml;base64,${inBase64(svg)}">
</figure>`;

/** A page that needs nothing else: no script, no file beside it, no network. */
export const reportHtml = ({
  title,
  when,
  app,
  link,
  lanes,
  figures,
}: Report): string => `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="generator" content="Normscope ${escaped(app)}">
<title>${escaped(title)}</title>
<style>${STYLE}</style>
</head>
<body>
<h1>${escaped(title)}</h1>
<p class="soft">${escaped(when)}, Normscope ${escaped(app)}</p>
<p><a href="${escaped(link)}">${escaped(link)}</a></p>
<h2>Lanes</h2>
<p class="soft">Settings that are not listed have their default.</p>
${lanes.map(laneOf).join('\n')}
<h2>Figures</h2>
${figures.map(figureOf).join('\n')}
</body>
</html>
`;
