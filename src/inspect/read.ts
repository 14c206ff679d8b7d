import type { Config } from '../config/fields';
import { shapeOf, sitesOf, type SiteName } from '../config/sites';
import type { Raw, RawRequest } from '../protocol/raw';
import { attention } from './attention';
import { channels } from './channels';
import { distribution } from './distribution';
import { prediction } from './prediction';
import type { Looking, Reading, ViewId } from './readings';
import { spectrum } from './spectrum';
import { stream } from './stream';
import { tokens } from './tokens';
import { within, type View } from './view';

const views: { [V in ViewId]: View<V> } = {
  distribution,
  channels,
  attention,
  stream,
  prediction,
  tokens,
  spectrum,
};

/**
 * The tensors that a view of a place is made of, of a model of this configuration. Of a lane whose model has no such place,
 * those that it has.
 */
export function wantedBy(looking: Looking, config: Config): RawRequest {
  const { values = [], gradients = [], ...params } = views[looking.view].wanted(looking, config);
  const sites = new Set(sitesOf(config));
  const isThere = (site: SiteName) => sites.has(site);
  const isOfOne = values.some((site) => isThere(site) && shapeOf(site) === 'BHTT');
  return {
    values: values.filter(isThere),
    gradients: gradients.filter(isThere),
    params: params.params ?? [],
    paramGradients: params.paramGradients ?? [],
    sequence: isOfOne ? within(looking, config.batch_size, config.seq_len).sequence : 0,
  };
}

/** Tests of two looks at the same tensors of which the readings are equal. */
export const isReadAlike = (a: Looking, b: Looking): boolean =>
  a.view === b.view && views[a.view].by.every((key) => a[key] === b[key]);

/**
 * A view, read from the tensors of every lane; null for a lane of which there are none.
 * Where a lane’s tensors do not have what the view shows, its entry is null.
 */
export function read(looking: Looking, lanes: readonly (Raw | null)[]): Reading {
  const { view } = looking;
  return { view, ...views[view].read(looking, lanes) } as Reading;
}
