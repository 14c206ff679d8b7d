import type { StoreApi } from 'zustand/vanilla';
import { readsText } from '../config/fields';
import type { Address } from './address';
import { encodeLink } from './link';
import type { NoticeBoard } from './notices';
import { pedigreesOf } from './pedigree';
import type { Actions, Scope } from './state';

interface SharingOptions {
  store: StoreApi<Scope>;
  notices: NoticeBoard;
  address: Address;
}

/** The link that restores the page. */
export const sharingActions = ({ store, notices, address }: SharingOptions) =>
  ({
    link(withMoment = false) {
      const { lanes, view, moment, text: own } = store.getState();
      if (own.content !== null && lanes.some(({ config }) => readsText(config))) {
        const text = `The link does not hold ${own.name}: who opens it sees the text that comes with Normscope.`;
        notices.notify({ level: 'info', about: 'page', text });
      }
      const configs = lanes.map((lane) => (withMoment && lane.shown?.config) || lane.config);
      const step = withMoment && moment !== 'live' ? moment : undefined;
      return address.withHash(encodeLink({ configs, view, step, forks: pedigreesOf(lanes) }));
    },
  }) satisfies Partial<Actions>;
