import { shortened } from '../../lib/words';
import { Fault } from './fault';

/** Reads a text from left to right. */
export interface Scanner {
  /** The text here that matches, after spaces alone, gone past; else null. The expression is sticky. */
  take(form: RegExp): RegExpExecArray | null;
  /** The same without spaces before it. */
  takeTight(form: RegExp): RegExpExecArray | null;
  isAtEnd(): boolean;
  /** The text here, for a message. */
  here(): string;
}

/** The next word, number or sign. */
const NEXT = /[\w.]+|[<>=!&|]+|\S/y;

export function createScanner(text: string): Scanner {
  let at = 0;
  const peek = (form: RegExp) => {
    form.lastIndex = at;
    return form.exec(text);
  };
  const takeTight = (form: RegExp) => {
    const found = peek(form);
    if (found) at += found[0].length;
    return found;
  };
  const skip = () => void takeTight(/\s+/y);
  return {
    takeTight,
    take(form) {
      skip();
      return takeTight(form);
    },
    isAtEnd() {
      skip();
      return at === text.length;
    },
    here() {
      skip();
      const next = peek(NEXT);
      return next ? `“${shortened(next[0], 30)}”` : 'the end';
    },
  };
}

/** A text that was looked for and is not here. */
export const missing = (scanner: Scanner, needed: string): Fault =>
  new Fault(`Where ${scanner.here()} stands, ${needed} is needed.`);
