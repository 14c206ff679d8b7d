import type { Statistic } from '../../config/quantity';
import { OFFERS, offerOf, type Offer, type QuantityPanel } from '../../runs/view';
import { useActions, useScope } from '../scope';
import { Pick } from '../ui/Pick';
import { useCode } from '../ui/useCode';
import {
  hasEach,
  kindOptions,
  settled,
  siteOptions,
  statisticOptions,
  withStatistic,
} from './options';
import { useLayouts } from './lanes';
import { fetchWords } from './Panel';

interface Props {
  panel: QuantityPanel;
  /** Names of the menus of statistics and of sites. */
  names?: { statistic: string; site: string };
}

const NAMES = { statistic: 'Statistic', site: 'Site' };

/** The menus of a panel: which of the quantities that it offers is shown. */
export function QuantityPick({ panel, names = NAMES }: Props) {
  const { setView } = useActions();
  const quantity = useScope(({ view }) => view[panel]);
  const layouts = useLayouts();
  const show = (next: typeof quantity) => setView({ [panel]: settled(next, quantity) });
  const offers: readonly Offer[] = OFFERS[panel];
  const offer = offerOf(offers, quantity) ?? offers[0]!;
  const { of, statistic, place, each } = quantity;
  const words = useCode(fetchWords);
  const statistics = statisticOptions(offer, layouts, statistic, words?.STATISTIC_NOTES);
  const statisticPick = statistics.length > 1 && (
    <Pick
      className="panel-pick"
      label={names.statistic}
      value={statistic}
      options={statistics}
      onPick={(id) => show(withStatistic(quantity, id as Statistic))}
    />
  );
  const placePick = (label: string, options: ReturnType<typeof siteOptions>) => (
    <Pick
      className="panel-pick panel-code"
      {...{ label, options, value: place }}
      onPick={(next) => show({ ...quantity, place: next })}
    />
  );
  return (
    <>
      {offers.length > 1 && (
        <Pick
          className="panel-pick"
          label={`${panel.charAt(0).toUpperCase()}${panel.slice(1)} of`}
          value={offer.label!}
          options={offers.map(({ label, note }) => ({ value: label!, label: label!, note }))}
          onPick={(label) => show(offers.find((offer) => offer.label === label)!.first)}
        />
      )}
      {of === 'param' && placePick('Kind', kindOptions(layouts, place))}
      {statisticPick}
      {of === 'site' && placePick(names.site, siteOptions(quantity))}
      {offer.each && hasEach(quantity, layouts) && (
        <label className="panel-check">
          <input
            type="checkbox"
            checked={each === true}
            onChange={(event) => show({ ...quantity, each: event.target.checked })}
          />
          {of === 'head' ? 'each head' : 'each modality'}
        </label>
      )}
    </>
  );
}
