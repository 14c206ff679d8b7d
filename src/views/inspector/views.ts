import type { ViewId } from '../../inspect/readings';
import { ABOUT } from './about';
import { Attention } from './Attention';
import { Channels } from './Channels';
import { Distribution } from './Distribution';
import './inspector.css';
import { Prediction } from './Prediction';
import type { InspectorView } from './props';
import { Spectrum } from './Spectrum';
import { Stream } from './Stream';
import { Tokens } from './Tokens';
import { tellAttention } from './words/attention';
import { tellChannels } from './words/channels';
import { tellDistribution } from './words/distribution';
import { tellPrediction } from './words/prediction';
import { tellSpectrum } from './words/spectrum';
import { tellStream } from './words/stream';
import { tellTokens } from './words/tokens';

/** The views of a place, by their names in links. */
export const INSPECTOR_VIEWS: { [V in ViewId]: InspectorView<V> } = {
  distribution: {
    label: 'values',
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
  attention: {
    label: 'attention',
    title: 'Attention',
    about: ABOUT.attention,
    Body: Attention,
    tell: tellAttention,
  },
  stream: {
    label: 'stream',
    title: 'Final stream by parts',
    about: ABOUT.stream,
    Body: Stream,
    tell: tellStream,
  },
  prediction: {
    label: 'prediction',
    title: 'Prediction by depth',
    about: ABOUT.prediction,
    Body: Prediction,
    tell: tellPrediction,
  },
  tokens: {
    label: 'tokens',
    title: 'Tokens',
    about: ABOUT.tokens,
    Body: Tokens,
    tell: tellTokens,
  },
  spectrum: {
    label: 'spectrum',
    title: 'Spectrum',
    about: ABOUT.spectrum,
    Body: Spectrum,
    tell: tellSpectrum,
  },
};
