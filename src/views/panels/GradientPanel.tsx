import { useCallback, useMemo } from 'react';
import { useShallow } from 'zustand/shallow';
import { BLOCK_SITES, type BlockSite } from '../../config/sites';
import { PARAM_STATISTICS, SITE_STATISTICS, type ParamStatistic } from '../../config/statistics';
import type { Frame, Layout } from '../../protocol/frame';
import type { View } from '../../runs/state';
import { useActions, useScope } from '../scope';
import { Pick } from '../ui/Pick';
import { About } from './About';
import { kindOptions, PARAM_OPTIONS, siteOptions, type Option } from './choices';
import { DepthPanel } from './DepthPanel';
import { gradientSentence } from './sentences';
import { paramKinds, paramSeries, siteSeries } from './series';

type Gradient = View['gradient'];

const OF: Option[] = [
  {
    value: 'activations',
    label: 'activations',
    note: 'The gradient of the loss with respect to what flows at a site.',
  },
  {
    value: 'parameters',
    label: 'parameters',
    note: 'Gradients, sizes and updates of the weights, by kind.',
  },
];

const OF_ACTIVATIONS: Gradient = { of: 'activations', site: 'resid_post' };
const OF_PARAMETERS: Gradient = {
  of: 'parameters',
  kind: 'attn.wq',
  statistic: 'param_grad_rms',
};

/** What each parameter statistic is called in a sentence. */
const QUANTITY: Record<ParamStatistic, string> = {
  param_grad_rms: 'the gradient',
  param_rms: 'the weight RMS',
  update_ratio: 'the update ratio',
};

/** The backward signal: at a site, or at one kind of parameter, layer by layer. */
export function GradientPanel() {
  const { setView } = useActions();
  const view = useScope((scope) => scope.view.gradient);
  const read = useCallback(
    (layout: Layout, frame: Frame) =>
      view.of === 'activations'
        ? siteSeries(layout, frame, 'grad_rms', view.site)
        : paramSeries(layout, frame, view.statistic, view.kind),
    [view],
  );
  const shown = described(view);
  return (
    <DepthPanel
      title="gradient"
      read={read}
      about={shown.about}
      subject={shown.subject}
      tell={(told) => gradientSentence(told, shown.where, shown.quantity)}
      head={
        <>
          <Pick
            className="panel-pick"
            label="Gradient of"
            value={view.of}
            options={OF}
            onPick={(of) =>
              setView({ gradient: of === 'activations' ? OF_ACTIVATIONS : OF_PARAMETERS })
            }
          />
          {view.of === 'activations' ? (
            <Pick
              className="panel-pick panel-code"
              label="Site"
              value={view.site}
              options={siteOptions('grad_rms')}
              onPick={(site) =>
                setView({ gradient: { of: 'activations', site: site as BlockSite } })
              }
            />
          ) : (
            <ParameterPicks view={view} />
          )}
          <About {...shown.about} title={shown.about.label} code={shown.code} note={shown.note} />
        </>
      }
    />
  );
}

function described(view: Gradient) {
  if (view.of === 'activations') {
    const about = SITE_STATISTICS.grad_rms;
    return {
      about,
      code: 'grad_rms',
      note: `${about.note} Here at ${view.site}, ${BLOCK_SITES[view.site].note}.`,
      subject: `grad_rms at ${view.site}`,
      where: `gradient at ${view.site}`,
      quantity: 'the gradient',
    };
  }
  const about = PARAM_STATISTICS[view.statistic];
  return {
    about,
    code: view.statistic,
    note: `${about.note} Here of ${view.kind} in every layer.`,
    subject: `${view.statistic} of ${view.kind}`,
    where: view.kind,
    quantity: `${QUANTITY[view.statistic]} of ${view.kind}`,
  };
}

function ParameterPicks({ view }: { view: Extract<Gradient, { of: 'parameters' }> }) {
  const { setView } = useActions();
  const layouts = useScope(
    useShallow(({ lanes }) => lanes.flatMap(({ model }) => (model ? [model.layout] : []))),
  );
  const kinds = useMemo(() => {
    const known = paramKinds(layouts);
    return known.includes(view.kind) ? known : [view.kind, ...known];
  }, [layouts, view.kind]);
  return (
    <>
      <Pick
        className="panel-pick panel-code"
        label="Kind"
        value={view.kind}
        options={kindOptions(kinds)}
        onPick={(kind) => setView({ gradient: { ...view, kind } })}
      />
      <Pick
        className="panel-pick"
        label="Statistic"
        value={view.statistic}
        options={PARAM_OPTIONS}
        onPick={(id) => setView({ gradient: { ...view, statistic: id as ParamStatistic } })}
      />
    </>
  );
}
