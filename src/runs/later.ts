import { fetched } from '../lib/patience';
import { reasonOf } from '../lib/reason';

/**
 * Code that is not fetched before somebody asks for it, so that the page is there sooner. Where it does not come
 * the error says so, and who asks again has it fetched again.
 *
 * @param does goes on after “The part of the page that”
 */
export function later<Code>(does: string, load: () => Promise<Code>): () => Promise<Code> {
  let code: Promise<Code> | null = null;
  return () =>
    (code ??= fetched(load).catch((error: unknown) => {
      code = null;
      throw new Error(
        `The part of the page that ${does} could not be loaded: ${reasonOf(error)} Try again once the network is back.`,
      );
    }));
}
