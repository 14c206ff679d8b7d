import type { ReactNode } from 'react';
import { VERDICTS, type Outcome, type Result } from '../../claims/claim';

const OUTCOMES = Object.keys(VERDICTS) as Outcome[];

/** A verdict behind its sign. */
export function Verdict({
  result: { verdict },
  children,
}: {
  result: Result;
  children?: ReactNode;
}) {
  return (
    <p
      className="gl-verdict"
      data-outcome={OUTCOMES.find((outcome) => VERDICTS[outcome] === verdict)}
    >
      {verdict}
      {children}
    </p>
  );
}
