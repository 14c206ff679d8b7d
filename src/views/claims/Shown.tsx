import { queryIn } from '../../claims/search';
import { ClaimLine } from './ClaimLine';
import { Gallery } from './Gallery';
import './verdict.css';

/** Claims as a link has them: the gallery as it is searched, or the claim that the page shows. */
export function Shown({ text }: { text: string }) {
  const [, id] = /^of:(.*)/.exec(text) ?? [];
  return id === undefined ? <Gallery query={queryIn(text)} /> : <ClaimLine id={id} />;
}
