/*
 * How often lanes that are equal but for their seeds are told to differ at some layer, by the rule of the panels and
 * by others, of real measurements at step 0; and how often lanes are that do differ.
 *   npx tsx test/support/falsePositives.ts [settings [settings of the other lane]]
 * Seeds are measured once; families of lanes are drawn from them without repetition.
 */
import { readFileSync } from 'node:fs';
import { decode } from '../../src/config/codec';
import { readTyped } from '../../src/config/quantity';
import { openNodeBackend } from '../../src/engine/nodeBackend';
import { createSession } from '../../src/engine/session';
import { pairedTest, rejected, studentTail } from '../../src/lib/pairedTest';
import { quantile } from '../../src/lib/quartiles';
import { stream } from '../../src/lib/random';
import { unpack } from '../../src/protocol/frame';
import { read } from '../../src/protocol/read';

const [ONE = '', OTHER = `placement=post&${ONE}`] = process.argv.slice(2);
const POOL = 256;
const FAMILIES = 4000;
const QUANTITIES = [
  'rms@resid_post',
  'grad_rms@resid_post',
  'param_grad_rms@attn.wq',
  'entropy@attn',
];
const text = readFileSync('public/text/opticks.txt', 'utf8');

/** Values by layer and seed. */
type Values = number[][];

/** Each quantity under every seed of the pool. */
async function measured(link: string): Promise<Map<string, Values>> {
  const { config } = decode(link);
  const session = createSession(config, text, { tapeBytes: 0 });
  const found = new Map<string, Values>(
    QUANTITIES.map((q) => [q, Array.from({ length: config.n_layers }, () => [])]),
  );
  for (let seed = 0; seed < POOL; seed++) {
    const { layout } = session.configure({ ...config, seed }, text);
    const frame = unpack(layout, await session.measure(false));
    for (const [name, values] of found) {
      read({ layout, frame }, readTyped(name)!).layers.forEach(({ x, y }) => values[x]!.push(y));
    }
  }
  session.dispose();
  return found;
}

const logs = (values: number[]) => values.map(Math.log);
const meanOf = (values: number[]) => values.reduce((a, b) => a + b, 0) / values.length;
const variance = (values: number[]) => {
  const mean = meanOf(values);
  return values.reduce((sum, v) => sum + (v - mean) ** 2, 0) / (values.length - 1);
};
function welch(a: number[], b: number[]): number {
  const [x, y] = [logs(a), logs(b)];
  const [u, v] = [variance(x) / x.length, variance(y) / y.length];
  const freedom = (u + v) ** 2 / (u ** 2 / (x.length - 1) + v ** 2 / (y.length - 1));
  return studentTail((meanOf(x) - meanOf(y)) / Math.sqrt(u + v), Math.max(1, Math.floor(freedom)));
}
const ends = (values: number[]) => {
  const sorted = [...values].sort((a, b) => a - b);
  return [quantile(sorted, 0.1), quantile(sorted, 0.9)] as const;
};
const bandsApart = (a: number[], b: number[]) => {
  const [[aLow, aHigh], [bLow, bHigh]] = [ends(a), ends(b)];
  return aHigh < bLow || bHigh < aLow;
};

/** The layers at which two lanes are told to differ. */
const RULES: Record<string, (a: Values, b: Values) => boolean[]> = {
  'paired t, Holm': (a, b) => rejected(a.map((values, l) => pairedTest(values, b[l]!) ?? 1)),
  'paired t, each layer': (a, b) => a.map((values, l) => (pairedTest(values, b[l]!) ?? 1) <= 0.05),
  'Welch, Holm': (a, b) => rejected(a.map((values, l) => welch(values, b[l]!))),
  'bands apart': (a, b) => a.map((values, l) => bandsApart(values, b[l]!)),
};

await openNodeBackend('wasm');
const began = performance.now();
const one = await measured(ONE);
console.log(`${((performance.now() - began) / POOL).toFixed(0)} ms a seed`);
const other = await measured(OTHER);
const draw = stream(0, 'families');
/** So many different seeds of the pool. */
function drawn(count: number): number[] {
  const seeds = Array.from({ length: POOL }, (_, i) => i);
  return Array.from({ length: count }, () => seeds.splice(draw.integer(seeds.length), 1)[0]!);
}
const pick = (values: Values, seeds: number[]) => values.map((at) => seeds.map((s) => at[s]!));
const percent = (share: number) => `${(100 * share).toFixed(1)} %`;

for (const quantity of QUANTITIES) {
  const [a, b] = [one.get(quantity)!, other.get(quantity)!];
  for (const n of [2, 3, 4, 8, 16, 32]) {
    const families = Array.from({ length: FAMILIES }, () => drawn(2 * n));
    const told = Object.entries(RULES).map(([name, rule]) => {
      const wrong = families.filter((seeds) =>
        rule(pick(a, seeds.slice(0, n)), pick(a, seeds.slice(n))).includes(true),
      );
      const right = families
        .slice(0, 200)
        .map((seeds) => rule(pick(a, seeds.slice(0, n)), pick(b, seeds.slice(0, n))))
        .map((layers) => layers.filter(Boolean).length / layers.length);
      return `${name}: ${percent(wrong.length / FAMILIES)} wrong, ${percent(meanOf(right))} of layers found`;
    });
    console.log(`${quantity}, ${n} seeds. ${told.join('; ')}`);
  }
}
process.exit(0);
