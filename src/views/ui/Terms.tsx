import { RaisedText } from '../../plot/Raised';
import { later } from '../../runs/later';
import { useCode } from './useCode';

const fetchMarked = later('explains terms', () => import('../glossary/Marked'));

export interface TermsProps {
  children: string;
  /** Terms that need no explanation there. */
  known?: readonly string[];
}

/** A text in which every term opens what the page says of it; plain until the glossary is there. */
export function Terms({ children: text, known }: TermsProps) {
  const code = useCode(fetchMarked);
  return code ? <code.Marked {...{ text, known }} /> : <RaisedText text={text} />;
}
