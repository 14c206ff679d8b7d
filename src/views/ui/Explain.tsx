import type { Choice } from '../../config/choice';
import type { ReactNode } from 'react';
import { Formula } from '../Formula';

export interface ExplainProps extends Omit<Choice, 'label'> {
  title: string;
  code?: string;
  /** The same in keys and values. */
  detail?: string;
  reason?: string | null;
}

interface Props extends ExplainProps {
  /** Stands in the place of the note. */
  children?: ReactNode;
}

/** A setting or a choice in a tooltip: equation, definition, source, name in links. */
export function Explain({ title, formula, note, source, code, detail, reason, children }: Props) {
  return (
    <div className="ui-explain">
      <p className="ui-explain-title">
        {title}
        {code && <code>{code}</code>}
      </p>
      {reason && <p className="ui-explain-reason">{reason}</p>}
      {formula && (
        <div className="ui-explain-formula">
          <Formula tex={formula} />
        </div>
      )}
      <p>{children ?? note}</p>
      {detail && <p className="ui-explain-detail">{detail}</p>}
      {source && <p className="ui-explain-source">{source}</p>}
    </div>
  );
}

/** The same in one line of plain text. */
export const explainText = ({ title, note, source, reason }: ExplainProps) =>
  [title, reason, note, source].filter(Boolean).join('. ').replaceAll('..', '.');
