import { sum, type Field } from './field';

/** The signal at a point of the model, and the gradient that has come back to it. */
export interface Line {
  signal: Field;
  gradient: Field | null;
}

/** All that was computed, so that gradients can go the same way back. */
export interface Tape {
  /** A line that begins here. */
  begin(signal: Field): Line;
  /** A line computed of others; `back` takes its gradient to those of its origins, in order. */
  step(origins: Line[], signal: Field, back: (gradient: Field) => (Field | null)[]): Line;
  /** Sends a gradient in at a line and takes it through everything that it was computed of. */
  run(from: Line, gradient: Field): void;
}

const receive = (line: Line, gradient: Field | null) => {
  if (gradient) line.gradient = line.gradient ? sum(line.gradient, gradient) : gradient;
};

export function createTape(): Tape {
  const backward: (() => void)[] = [];
  const begin = (signal: Field): Line => ({ signal, gradient: null });
  return {
    begin,
    step(origins, signal, back) {
      const line = begin(signal);
      backward.push(() => {
        if (!line.gradient) return;
        back(line.gradient).forEach((gradient, i) => {
          receive(origins[i]!, gradient);
        });
      });
      return line;
    },
    run(from, gradient) {
      receive(from, gradient);
      backward.reverse().forEach((step) => {
        step();
      });
    },
  };
}
