import { fetched } from '../lib/patience';
import { reasonOf } from '../lib/reason';

/** Fetches code when it is first called; `loaded` is that code once it has come. */
export interface Later<Code> {
  (): Promise<Code>;
  loaded: Code | null;
}

/**
 * Code that is not fetched before somebody asks for it, so that the page is there sooner. Where it does not come
 * the error says so, and who asks again has it fetched again.
 *
 * @param does goes on after “The part of the page that”
 */
export function later<Code>(does: string, load: () => Promise<Code>): Later<Code> {
  let coming: Promise<Code> | null = null;
  const arrive = async () => {
    try {
      return (fetch.loaded = await fetched(load));
    } catch (error) {
      coming = null;
      throw new Error(
        `The part of the page that ${does} could not be loaded: ${reasonOf(error)} Try again once the network is back.`,
      );
    }
  };
  const fetch: Later<Code> = Object.assign(() => (coming ??= arrive()), { loaded: null });
  return fetch;
}
