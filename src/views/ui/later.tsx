import {
  createElement,
  Suspense,
  use,
  useReducer,
  type ComponentType,
  type ReactNode,
} from 'react';
import { fetched } from '../../lib/patience';
import { reasonOf } from '../../lib/reason';

/** A component, or the reason why its code did not come. */
type Fetched<Props> = ComponentType<Props> | string;

function Missing({ reason, onRetry }: { reason: string; onRetry(): void }) {
  return (
    <div className="ui-missing" role="alert">
      <p>
        This part of the page could not be loaded; the rest goes on. Trying again helps once the
        network is back; if it does not, save what you need and reload the page.
      </p>
      <p className="ui-missing-reason">{reason}</p>
      <button type="button" className="ui-button" onClick={onRetry}>
        Try again
      </button>
    </div>
  );
}

/**
 * A component whose code comes when it is first drawn, so that the page is there before it; until then
 * `meanwhile`. Where it does not come, that is said in its place, with a button that fetches it again.
 */
export function later<Props extends object>(
  fetchCode: () => Promise<ComponentType<Props>>,
  meanwhile: ReactNode = null,
): (props: Props) => ReactNode {
  let code: Promise<Fetched<Props>> | null = null;
  const load = () => (code ??= fetched(fetchCode).catch(reasonOf));
  function Loaded({ props, onRetry }: { props: Props; onRetry(): void }) {
    const found = use(load());
    return typeof found === 'string' ? (
      <Missing reason={found} onRetry={onRetry} />
    ) : (
      createElement(found, props)
    );
  }
  return function Later(props) {
    const [, drawAgain] = useReducer((tries: number) => tries + 1, 0);
    const retry = () => {
      code = null;
      drawAgain();
    };
    return (
      <Suspense fallback={meanwhile}>
        <Loaded props={props} onRetry={retry} />
      </Suspense>
    );
  };
}
