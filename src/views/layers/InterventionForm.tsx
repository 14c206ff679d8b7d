import { ToggleGroup } from 'radix-ui';
import { useState } from 'react';
import { SUBLAYERS, type BlockSite, type Sublayer } from '../../config/blockSites';
import type { Config } from '../../config/fields';
import type { Action, Intervention } from '../../config/interventions';
import type { LayerRange } from '../../config/ranges';
import { BLOCK_SITES, blockSitesOf } from '../../config/sites';
import { engineStep } from '../../runs/state';
import { Formula } from '../Formula';
import { useScope } from '../scope';
import { NumberBox } from '../ui/NumberBox';
import { Pick } from '../ui/Pick';
import { ACTIONS } from './actions';
import { branchesOf } from './edits';

const KINDS = Object.keys(ACTIONS) as Action['kind'][];
const MOST_STEPS = 1e9 - 1;

interface SegmentsProps<V extends string> {
  label: string;
  value: V;
  options: readonly V[];
  /** Of the options, where they are not names themselves. */
  names?: Record<NoInfer<V>, string>;
  onPick(value: NoInfer<V>): void;
}

function Segments<V extends string>({ label, value, options, names, onPick }: SegmentsProps<V>) {
  return (
    <ToggleGroup.Root
      type="single"
      className="ln-segmented"
      aria-label={label}
      value={value}
      onValueChange={(picked) => picked && onPick(picked as V)}
    >
      {options.map((option) => (
        <ToggleGroup.Item key={option} value={option}>
          <span>{names?.[option] ?? option}</span>
        </ToggleGroup.Item>
      ))}
    </ToggleGroup.Root>
  );
}

interface InterventionFormProps {
  layers: LayerRange;
  /** The lanes that get it. */
  configs: Config[];
  onAdd(one: Intervention): void;
}

/** The form of an intervention: kind, size, steps. */
export function InterventionForm({ layers, configs, onAdd }: InterventionFormProps) {
  const step = useScope((s) => Math.max(0, ...s.lanes.map(engineStep)));
  const branches = branchesOf(configs);
  const kinds = KINDS.filter((kind) => kind !== 'silence' || branches.includes('attn'));
  const [picked, setKind] = useState<Action['kind']>('scale');
  const kind = kinds.includes(picked) ? picked : 'scale';
  const [branch, setBranch] = useState<Sublayer>('attn');
  const sublayer = branches.includes(branch) ? branch : branches[0]!;
  const [factor, setFactor] = useState(0);
  const [head, setHead] = useState(0);
  const [std, setStd] = useState(0.1);
  const [site, setSite] = useState<BlockSite>('resid_post');
  const [from, setFrom] = useState<number | null>(null);
  const [to, setTo] = useState<number | null>(null);

  const heads = Math.max(...configs.map(({ n_heads }) => n_heads));
  const sites = [...new Set(configs.flatMap(blockSitesOf))];
  const actions: Record<Action['kind'], Action> = {
    scale: { kind: 'scale', sublayer, factor },
    silence: { kind: 'silence', head: Math.min(head, heads - 1) },
    noise: { kind: 'noise', site: sites.includes(site) ? site : 'resid_post', std },
    freeze: { kind: 'freeze', sublayer },
  };
  const steps = { from: from ?? 0, to: to ?? Infinity };
  const isBackward = steps.to < steps.from;
  const add = () => onAdd({ layers, steps, ...actions[kind] });
  const number = (value: number | null, set: (value: number) => void) =>
    value === null ? undefined : set(value);

  return (
    <div className="ly-form">
      <Segments label="What is done" value={kind} options={kinds} onPick={setKind} />
      <p className="ly-action">
        <Formula tex={ACTIONS[kind].formula} />
        <span>{ACTIONS[kind].note}</span>
      </p>
      <div className="ly-line">
        {(kind === 'scale' || kind === 'freeze') && (
          <Segments
            label="Branch"
            value={sublayer}
            options={branches}
            names={SUBLAYERS}
            onPick={setBranch}
          />
        )}
        {kind === 'scale' && (
          <label>
            ×
            <NumberBox
              live
              label="Factor"
              {...{ value: factor, min: -1e6, max: 1e6, size: 6 }}
              onChange={(value) => number(value, setFactor)}
            />
          </label>
        )}
        {kind === 'silence' && (
          <label>
            head
            <NumberBox
              live
              whole
              label={`Head, 0 to ${heads - 1}`}
              {...{ value: Math.min(head, heads - 1), min: 0, max: heads - 1 }}
              onChange={(value) => number(value, setHead)}
            />
            <span className="ly-soft">of 0 to {heads - 1}</span>
          </label>
        )}
        {kind === 'noise' && (
          <>
            <label>
              std
              <NumberBox
                live
                label="Standard deviation"
                {...{ value: std, min: 0, max: 1e6, size: 6 }}
                onChange={(value) => number(value, setStd)}
              />
            </label>
            <Pick
              label="Site"
              value={site}
              options={sites.map((value) => ({
                ...{ value, label: value, note: `${BLOCK_SITES[value].note}.` },
              }))}
              onPick={(value) => setSite(value as BlockSite)}
            />
          </>
        )}
      </div>
      <div className="ly-line">
        <label>
          from step
          <NumberBox
            live
            whole
            label="From step"
            {...{ value: from, min: 0, max: MOST_STEPS, empty: '0', size: 6 }}
            onChange={setFrom}
          />
        </label>
        <label>
          to
          <NumberBox
            live
            whole
            label="To step"
            {...{ value: to, min: 0, max: MOST_STEPS, empty: 'the end', size: 7 }}
            onChange={setTo}
          />
        </label>
        {step > 0 && (
          <button type="button" className="ui-button" onClick={() => setFrom(step)}>
            from now on
          </button>
        )}
      </div>
      <p className="ln-problem" role="status">
        {isBackward && `Step ${steps.to} comes before step ${steps.from}.`}
      </p>
      <button type="button" className="ui-button ly-add" disabled={isBackward} onClick={add}>
        Add
      </button>
    </div>
  );
}
