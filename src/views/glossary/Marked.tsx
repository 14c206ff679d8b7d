import { useMemo } from 'react';
import { partsOf } from '../../config/glossary';
import { RaisedText } from '../../plot/Raised';
import { Term } from './Term';

interface MarkedProps {
  text: string;
  known?: readonly string[] | undefined;
}

/** A text, its terms as buttons. A term keeps its button, and what that has opened, while the text changes. */
export function Marked({ text, known }: MarkedProps) {
  const parts = useMemo(() => partsOf(text, known), [text, known]);
  return parts.map(({ text, entry }, i) =>
    entry ? (
      <Term key={entry.id} entry={entry}>
        {text}
      </Term>
    ) : (
      <RaisedText key={i} text={text} />
    ),
  );
}
