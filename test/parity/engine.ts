import { SITE_STATISTICS, type SiteStatistic } from '../../src/config/statistics';
import { openNodeBackend } from '../../src/engine/nodeBackend';
import { createSession } from '../../src/engine/session';
import { decodeSafetensors } from '../../src/lib/safetensors';
import { unpack, type Frame } from '../../src/protocol/frame';
import { buildRecord, type RecordFrame, type RunRecord } from '../../src/runs/record';
import { TEXT } from '../engine/support';
import { perturb, type ParityCase } from './cases';
import type { Computed } from './fixtures';

/** What the engine makes of a case. */
export interface EngineRun {
  computed: Computed;
  record: RunRecord;
  /** The file of the weights before the first update. */
  weights: Uint8Array;
}

const BUFFER = /\.(running_mean|running_var|u)$/;

/** PyTorch does not tell what casts lose. */
const withoutCounts = ({ site, ...frame }: RecordFrame): RecordFrame => {
  const isCount = (id: string) => SITE_STATISTICS[id as SiteStatistic].counts !== undefined;
  return {
    ...frame,
    site: Object.fromEntries(Object.entries(site).filter(([id]) => !isCount(id))),
  };
};

const rms = (data: Float32Array): number =>
  Math.sqrt(data.reduce((sum, x) => sum + x * x, 0) / data.length);

/** The case on the wasm backend, from perturbed weights. */
export async function runEngine({ config, steps }: ParityCase): Promise<EngineRun> {
  const device = await openNodeBackend('wasm');
  const session = createSession(config, TEXT);
  await perturb(session);
  const weights = await session.saveWeights();
  const { layout } = session.report;
  const frames: Frame[] = [];
  while (frames.length < steps) frames.push(unpack(layout, await session.measure(true)));
  const after = decodeSafetensors(await session.saveWeights()).tensors;
  session.dispose();
  const buffers = [...after].filter(([name]) => BUFFER.test(name));
  const record = buildRecord({ config, device, app: 'parity', layout, frames });
  return {
    computed: {
      sites: record.sites,
      frames: record.frames.map(withoutCounts),
      buffers: Object.fromEntries(buffers.map(([name, { data }]) => [name, rms(data)])),
    },
    record,
    weights,
  };
}
