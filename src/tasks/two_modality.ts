import { type Config, modalitiesOf, modalityOf } from '../config/fields';
import { entropy } from '../lib/entropy';
import { drawBatch, from, letters, type Task } from './task';
import { drawSource } from './source';

const MODALITIES = modalitiesOf({ task: 'two_modality' });
/** Symbols of each modality, those of the first one first: each has a half of the vocabulary. */
const SYMBOLS = 8;

/**
 * Two streams of tokens in turn, `aFbHaF`: each symbol depends on the one before of its own modality, two
 * places back, and on nothing else. Counted is what follows a whole turn, so that the floor can be
 * reached: the mean of the two sources' entropies, weighted by how many targets each has.
 */
export function twoModality(config: Config): Task {
  const { seed, seq_len: T } = config;
  const modalities = Array.from({ length: MODALITIES }, (_, m) => m);
  const sources = modalities.map((m) => drawSource(seed, `task/two_modality/${m}`, SYMBOLS, 1));
  const ofPlace = (place: number) => modalityOf(place, MODALITIES);
  const places = Array.from({ length: T + 1 }, (_, place) => place);
  const counts = from(MODALITIES);
  const counted = places.filter(counts).map(ofPlace);
  const shares = modalities.map((m) => counted.filter((of) => of === m).length / counted.length);
  return {
    vocabulary: [...letters(SYMBOLS), ...letters(SYMBOLS).map((letter) => letter.toUpperCase())],
    levels: {
      uniform: Math.log(MODALITIES * SYMBOLS),
      unigram: entropy(
        sources.flatMap(({ singles }, m) => [...singles.map((p) => p * shares[m]!)]),
      ),
      floor: sources.reduce((sum, { rate }, m) => sum + shares[m]! * rate, 0),
    },
    batch: drawBatch(config, (draw) => {
      const streams = sources.map((source) =>
        source.sequence(draw, Math.ceil((T + 1) / MODALITIES)),
      );
      return {
        tokens: places.map(
          (place) =>
            ofPlace(place) * SYMBOLS + streams[ofPlace(place)]![Math.floor(place / MODALITIES)]!,
        ),
        counts,
      };
    }),
  };
}
