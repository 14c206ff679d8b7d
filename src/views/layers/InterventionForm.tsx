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
import { Button } from '../ui/buttons';
import { NumberBox } from '../ui/NumberBox';
import { Pick } from '../ui/Pick';
import { branchesOf } from './edits';

const ACTIONS: Record<Action['kind'], { formula: string; note: string }> = {
  scale: {
    formula: String.raw`x \leftarrow x + c\,f(x)`,
    note: 'What a branch adds is multiplied by c; 0 takes it out. See what the layers after it make of a smaller or larger part.',
  },
  silence: {
    formula: String.raw`\mathrm{head}_h \leftarrow 0`,
    note: 'The output of one attention head is 0. See whether the loss misses it.',
  },
  noise: {
    formula: String.raw`x \leftarrow x + \mathcal N(0, s^2)`,
    note: 'Noise, drawn anew at every step, is added to what flows at a site. See how far down the stack it is carried.',
  },
  freeze: {
    formula: String.raw`\Delta W = 0`,
    note: 'The parameters of a sublayer stay as they are; they still have gradients. See the layers around it make up for it.',
  },
};

const KINDS = Object.keys(ACTIONS) as Action['kind'][];
const FACTOR = { live: true, min: -1e6, max: 1e6, size: 6 };
const STD = { ...FACTOR, min: 0 };
const STEPS = { live: true, whole: true, min: 0, max: 1e9 - 1 };

interface SegmentsProps<V extends string> {
  label: string;
  value: V;
  options: readonly V[];
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
  configs: Config[];
  onAdd(one: Intervention): void;
}

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
            <NumberBox label="Factor" value={factor} onChange={setFactor} {...FACTOR} />
          </label>
        )}
        {kind === 'silence' && (
          <label>
            head
            <NumberBox
              {...STEPS}
              label={`Head, 0 to ${heads - 1}`}
              {...{ value: Math.min(head, heads - 1), max: heads - 1 }}
              onChange={setHead}
            />
            <span className="ly-soft">of 0 to {heads - 1}</span>
          </label>
        )}
        {kind === 'noise' && (
          <>
            <label>
              std
              <NumberBox label="Standard deviation" value={std} onChange={setStd} {...STD} />
            </label>
            <Pick
              label="Site"
              value={site}
              options={sites.map((value) => {
                return { value, label: value, note: `${BLOCK_SITES[value].note}.` };
              })}
              onPick={(value) => setSite(value as BlockSite)}
            />
          </>
        )}
      </div>
      <div className="ly-line">
        <label>
          from step
          <NumberBox
            label="From step"
            {...{ ...STEPS, value: from, empty: '0', size: 6 }}
            onChange={setFrom}
          />
        </label>
        <label>
          to
          <NumberBox
            label="To step"
            {...{ ...STEPS, value: to, empty: 'the end', size: 7 }}
            onChange={setTo}
          />
        </label>
        {step > 0 && <Button onClick={() => setFrom(step)}>from now on</Button>}
      </div>
      <p className="ln-problem" role="status">
        {isBackward && `Step ${steps.to} comes before step ${steps.from}.`}
      </p>
      <Button className="ly-add" disabled={isBackward} onClick={add}>
        Add
      </Button>
    </div>
  );
}
