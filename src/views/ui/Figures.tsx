import { RaisedText } from '../../plot/Raised';

/** A formatted number in tabular figures, its powers of ten truly raised. */
export const Figures = ({ text }: { text: string }) => (
  <span className="ui-figures">
    <RaisedText text={text} />
  </span>
);
