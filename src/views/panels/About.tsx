import { Explain, explainText, type ExplainProps } from '../ui/Explain';
import { TapTip } from '../ui/Tip';

/** The small i beside a panel's title: definition, equation and source of what is shown. */
export const About = (props: ExplainProps) => (
  <TapTip
    className="panel-about"
    aria-label={`About ${props.title}`}
    label={explainText(props)}
    content={<Explain {...props} />}
  >
    <span>i</span>
  </TapTip>
);
