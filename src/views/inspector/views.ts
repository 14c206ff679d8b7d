import type { ViewId } from '../../inspect/readings';
import { ABOUT } from './about';
import { Channels } from './Channels';
import { Distribution } from './Distribution';
import './inspector.css';
import type { InspectorView } from './props';
import { tellChannels } from './words/channels';
import { tellDistribution } from './words/distribution';

/** The views of a place, by their names in links. */
export const INSPECTOR_VIEWS: Partial<{ [V in ViewId]: InspectorView<V> }> = {
  distribution: {
    label: 'distribution',
    title: 'Distribution',
    about: ABOUT.distribution,
    Body: Distribution,
    tell: tellDistribution,
  },
  channels: {
    label: 'channels',
    title: 'Channels and tokens',
    about: ABOUT.channels,
    Body: Channels,
    tell: tellChannels,
  },
};
