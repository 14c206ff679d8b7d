import { describe } from '../../config/describe';
import type { Quantity } from '../../config/quantity';
import { Explain, explainText, type ExplainProps } from '../ui/Explain';
import { Terms } from '../ui/Terms';
import { TipPopup } from '../ui/TipPopup';
import { useCode } from '../ui/useCode';
import { fetchWords } from './Panel';

/** The small i beside a panel's title: definition, equation and source of what is shown. */
export const About = (props: ExplainProps) => (
  <TipPopup
    className="panel-about"
    aria-label={`About ${props.title}`}
    name={props.title}
    label={explainText(props)}
    content={(isPressed) => (
      <Explain {...props}>
        {isPressed ? <Terms known={[props.title]}>{props.note}</Terms> : props.note}
      </Explain>
    )}
  >
    <span>i</span>
  </TipPopup>
);

/** The same of a quantity, with what else a panel says of it; the meaning comes after the first picture. */
export function AboutQuantity({ quantity, more = '' }: { quantity: Quantity; more?: string }) {
  const words = useCode(fetchWords);
  const { label, code } = describe(quantity);
  const { note = '', ...rest } = words?.noteOn(quantity) ?? {};
  return <About {...rest} {...{ code }} title={label} note={note + more} />;
}
