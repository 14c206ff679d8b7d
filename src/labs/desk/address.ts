import type { LabAddress } from './desk';

/** The parameter of the page’s address that names a lab. */
const KEY = 'lab';
/** The largest file of a lab that is read, in characters. */
const LONGEST = 2e6;

/** A lab that ships is called by its name, any other by its address. */
const pathOf = (from: string): string => (/^[\w-]+$/.test(from) ? `labs/${from}.md` : from);

/**
 * Labs by the address of this window.
 *
 * @param base of the app, in which labs that ship lie
 */
export function browserLabAddress({ location, history }: Window, base: string): LabAddress {
  const urlOf = (from: string) => new URL(pathOf(from), new URL(base, location.href));
  return {
    read: () => new URL(location.href).searchParams.get(KEY),
    hasPage: () => location.hash.length > 1,
    write(from) {
      const address = new URL(location.href);
      if (address.searchParams.get(KEY) === from) return;
      if (from === null) address.searchParams.delete(KEY);
      else address.searchParams.set(KEY, from);
      history.replaceState(history.state, '', address);
    },
    async go(page) {
      if (location.hash.replace(/^#/, '') === page) return;
      const moved = new Promise((resolve) =>
        addEventListener('hashchange', resolve, { once: true }),
      );
      location.hash = page;
      await Promise.race([moved, new Promise((resolve) => setTimeout(resolve, 500))]);
    },
    beside: (from, file) => new URL(file, urlOf(from)).href,
    async fetch(from) {
      const url = urlOf(from);
      if (url.origin !== location.origin)
        throw new Error(
          `A lab is opened from the same site as the page, and ${url.origin} is another. Download the file and drop it on the page.`,
        );
      const response = await fetch(url);
      if (!response.ok)
        throw new Error(
          `There is no lab at ${url.pathname}: the site answered ${response.status}.`,
        );
      const text = await response.text();
      if (text.length > LONGEST)
        throw new Error(
          `${url.pathname} has ${text.length} characters; a lab has at most ${LONGEST}.`,
        );
      return text;
    },
  };
}
