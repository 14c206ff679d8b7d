import type { Run } from '../claim';
import { defineClaim, said } from '../define';
import { linkTo } from '../links';
import { mean } from '../numbers';
import { PAPERS } from '../papers';
import { byLayer, last } from '../read';
import { always, outcomeOf, spread, stepsOf } from './loss';
import { LLAMA } from './setting';

const LENGTH = 1000;

/** Share of the first key in uniform causal attention, mean over the rows from the second on. */
const uniformShare = (seqLen: number) =>
  mean(Array.from({ length: seqLen - 1 }, (_, i) => 1 / (i + 2)));

/** The largest share of attention that the first token has in any head, over that of uniform attention. */
const sinkOf = (run: Run) =>
  Math.max(...last(run).measured.frame.head.sink) / uniformShare(run.config.seq_len);

/**
 * A massive activation is above 100 and a thousand times the median (Sun et al. 2024), which is 0.67 of the RMS of
 * normal numbers.
 */
const MASSIVE = { absolute: 100, overTypical: 670 };

/** The largest number of the stream in any layer, over that from which on it is massive beside a typical token. */
function massivenessOf(run: Run): number {
  const typical = byLayer(run, 'resid_post/rms_typical');
  const largest = byLayer(run, 'resid_post/absmax');
  return Math.max(
    ...largest.map((value, layer) =>
      Math.min(value / MASSIVE.absolute, value / typical[layer]! / MASSIVE.overTypical),
    ),
  );
}

/** A head that gives the first token this many times what uniform attention gives it is one with a sink. */
const SINK = 4;

export const SPIKES_AND_SINKS = defineClaim({
  id: 'sun-spikes-and-sinks',
  title: 'Massive activations and attention sinks appear together when a pre-norm model trains',
  source: PAPERS.sinks,
  figure: 'abstract',
  phenomena: ['attention', 'magnitude', 'training'],
  links: [
    linkTo({
      settings: { ...LLAMA, lr: 0.003 },
      lanes: [
        { task: 'text', seq_len: 64 },
        { task: 'copy', seq_len: 33 },
      ],
      magnitude: 'rms_first@resid_post',
      attention: 'sink@attn/each',
      step: LENGTH - 1,
    }),
  ],
  lanes: ['text', 'copying'],
  seeds: 3,
  steps: stepsOf(LENGTH, 50),
  measure: ([text, copy]) => ({
    'largest sink over uniform attention, text': sinkOf(text),
    'largest sink over uniform attention, copying': sinkOf(copy),
    'largest number over a massive one, text': massivenessOf(text),
    'largest number over a massive one, copying': massivenessOf(copy),
  }),
  predicate(measured) {
    const sinks = [
      measured['largest sink over uniform attention, text'],
      measured['largest sink over uniform attention, copying'],
    ];
    const spikes = [
      measured['largest number over a massive one, text'],
      measured['largest number over a massive one, copying'],
    ];
    const has = [0, 1].map((task) => ({
      sink: always(sinks[task]!, (factor) => factor > SINK),
      spike: always(spikes[task]!, (share) => share > 1),
    }));
    return outcomeOf(
      has.some(({ sink, spike }) => sink && spike),
      has.some(({ spike }) => spike),
    );
  },
  published:
    'massive activations (over 100, and about 1,000 times the median: Sun et al. 2024) and attention sinks often occur together, at the same tokens; the pre-norm configuration is what lets them',
  says: (measured) =>
    `after ${LENGTH} steps the head that looks most at the first token gives it ${spread(measured['largest sink over uniform attention, text'], 2)} (text) and ${spread(measured['largest sink over uniform attention, copying'], 2)} (copying) times what uniform attention does; the largest number of the stream is ${said(measured['largest number over a massive one, text'], 2)} and ${said(measured['largest number over a massive one, copying'], 2)} of what would be massive`,
  note: 'Four blocks of Llama of width 32. Asked for under every seed, of either task: a head that gives the first token four times the uniform share, and a massive activation; the direction is a massive activation alone. Tried besides, each with one seed: blocks of GPT-2; rates of 0.003 and 0.01; sorting, brackets, parities, sums and induction at lengths of 33 and 64; 1,500 steps. In none did a layer give the first token more than twice the uniform share, or a number pass 15 times the RMS of its site. The paper’s models train on billions of tokens.',
  picture: { quantity: 'attn/sink', along: 'layer', scale: 'linear' },
});
