import { useScopeStore } from '../scope';
import { wholePage } from './whole';

/** From a page in another one’s frame to the same page in a window of its own, as it is by then. */
export function WholeLink() {
  const { actions } = useScopeStore();
  return (
    <a
      href={wholePage(location.href)}
      target="_blank"
      rel="noreferrer"
      onClick={(event) => (event.currentTarget.href = wholePage(actions.link()))}
    >
      Normscope
    </a>
  );
}
