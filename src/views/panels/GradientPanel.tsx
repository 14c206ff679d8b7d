import { useCallback, useMemo } from 'react';
import { useShallow } from 'zustand/shallow';
import { PARAM_STATISTICS, type ParamStatistic } from '../../config/statistics';
import type { Lane, View } from '../../runs/state';
import type { Place } from '../../runs/view';
import { useActions, useScope } from '../scope';
import { Pick, type Option } from '../ui/Pick';
import { About } from './About';
import {
  aboutShown,
  gradientOptions,
  kindOptions,
  PARAM_OPTIONS,
  placeNote,
  siteFor,
  siteOptions,
} from './choices';
import { countSentence, siteName } from './countSentence';
import { DepthPanel } from './DepthPanel';
import { EachModality } from './EachModality';
import { gradientSentence } from './sentences';
import { activationSeries, paramKinds, paramSeries } from './series';
import { ofFrame } from './useDepthPanel';
import { useKnownStatistics } from './useKnownStatistics';
import { useRangeLimits } from './useRangeLimits';

type Gradient = View['gradient'];
type OfActivations = Extract<Gradient, { of: 'activations' }>;

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

const OF_ACTIVATIONS: Gradient = {
  of: 'activations',
  site: 'resid_post',
  statistic: 'grad_rms',
};
const OF_PARAMETERS: Gradient = {
  of: 'parameters',
  kind: 'attn.wq',
  statistic: 'param_grad_rms',
};

/** The backward signal: at a site, or at one kind of parameter, layer by layer. */
export function GradientPanel() {
  const { setView } = useActions();
  const view = useScope((scope) => scope.view.gradient);
  const read = useCallback(
    (lane: Lane) =>
      ofFrame((layout, frame) =>
        view.of === 'activations'
          ? activationSeries(layout, frame, view.statistic, view.site)
          : [paramSeries(layout, frame, view.statistic, view.kind)],
      )(lane),
    [view],
  );
  const shown = described(view);
  const { fate } = shown;
  const limits = useRangeLimits(view.of === 'activations' && !fate ? 'backward' : null);
  return (
    <DepthPanel
      title="gradient"
      {...{ read, limits }}
      counts={fate !== undefined}
      about={shown.about}
      subject={shown.subject}
      tell={(told) =>
        fate
          ? countSentence(told, fate, 'backward', shown.site)
          : gradientSentence(told, shown.where, shown.quantity)
      }
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
            <ActivationPicks view={view} />
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
    const about = aboutShown(view.statistic);
    return {
      about,
      fate: about.counts,
      site: siteName(view.site),
      code: view.statistic,
      note: `${about.note} Here at ${view.site}, ${placeNote(view.site)}.`,
      subject: `${view.statistic} at ${view.site}`,
      where: `gradient at ${view.site}`,
      quantity: about.noun ?? about.label,
    };
  }
  const about = PARAM_STATISTICS[view.statistic];
  return {
    about,
    site: null,
    code: view.statistic,
    note: `${about.note} Here of ${view.kind} in every layer.`,
    subject: `${view.statistic} of ${view.kind}`,
    where: view.kind,
    quantity: `${about.noun} of ${view.kind}`,
  };
}

function ActivationPicks({ view }: { view: OfActivations }) {
  const { setView } = useActions();
  const known = useKnownStatistics();
  const { statistic, site } = view;
  const show = (next: OfActivations['statistic']) =>
    setView({
      gradient: { of: 'activations', statistic: next, site: siteFor(next, site, statistic) },
    });
  const eachModality = statistic === 'grad_rms_modalities';
  const menu = eachModality ? 'grad_rms' : statistic;
  const options = gradientOptions(known, menu);
  return (
    <>
      {options.length > 1 && (
        <Pick
          className="panel-pick"
          label="Statistic"
          value={menu}
          options={options}
          onPick={(id) => show(id as OfActivations['statistic'])}
        />
      )}
      <Pick
        className="panel-pick panel-code"
        label="Site"
        value={site}
        options={siteOptions(statistic)}
        onPick={(id) => setView({ gradient: { ...view, site: id as Place } })}
      />
      {(eachModality || (statistic === 'grad_rms' && known.includes('grad_rms_modality_0'))) && (
        <EachModality
          checked={eachModality}
          onChange={(each) => show(each ? 'grad_rms_modalities' : 'grad_rms')}
        />
      )}
    </>
  );
}

function ParameterPicks({ view }: { view: Extract<Gradient, { of: 'parameters' }> }) {
  const { setView } = useActions();
  const layouts = useScope(
    useShallow(({ lanes }) => lanes.flatMap(({ shown }) => (shown ? [shown.layout] : []))),
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
