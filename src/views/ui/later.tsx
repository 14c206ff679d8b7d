import { createElement, Suspense, use, type ComponentType, type ReactNode } from 'react';

/**
 * A component whose code comes when it is first drawn, so that the page is there before it; until then
 * `meanwhile`. Code that could not be fetched is an error of the part it stands in, and is fetched again
 * when that is drawn again.
 */
export function later<Props extends object>(
  fetchCode: () => Promise<ComponentType<Props>>,
  meanwhile: ReactNode = null,
): (props: Props) => ReactNode {
  let code: Promise<ComponentType<Props>> | null = null;
  const load = () =>
    (code ??= fetchCode().catch((error: unknown) => {
      code = null;
      throw error;
    }));
  const Loaded = (props: Props) => createElement(use(load()), props);
  return function Later(props) {
    return (
      <Suspense fallback={meanwhile}>
        <Loaded {...props} />
      </Suspense>
    );
  };
}
