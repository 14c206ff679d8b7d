import { RaisedText } from '../../plot/Raised';

export const Figures = ({ text }: { text: string }) => (
  <span className="ui-figures">
    <RaisedText text={text} />
  </span>
);
