import type { Engine, EngineProgress, StepReport } from '../protocol/engine';
import { serve } from '../protocol/serve';
import * as tf from '@tensorflow/tfjs-core';
import { shaderBackend } from '../kernels/kernel';
import { wasmTeam } from '../kernels/wasm/module';
import { explained, watch } from '../kernels/webgpu/failures';
import { browserDevices } from './browserDevices';
import { chooseDevice } from './device';
import { living } from './living';
import { timeNorm } from '../normCosts/measure/norms';
import { measureRoof } from '../normCosts/measure/roof';
import { createSession, restoreSession, type Session } from './session';

/** The session of this lane; there is none before the first `configure`. */
let session: Session | null = null;

function current(): Session {
  if (!session) throw new Error('There is no model yet.');
  return session;
}

async function measure(commit: boolean): Promise<StepReport> {
  const began = performance.now();
  const { cost, ...frame } = await current().measure(commit);
  return { frame, cost, stepMs: performance.now() - began, tensors: tf.memory().numTensors };
}

const makeEngine = (tell: (progress: EngineProgress) => void): Engine => ({
  async open({ backend }) {
    const report = await chooseDevice(backend, browserDevices);
    const device = shaderBackend()?.device;
    // An error that nobody catches ends the lane, which says why.
    if (device) watch(device, (message) => reportError(new Error(message)));
    await living;
    return report;
  },
  async useThreads(most) {
    wasmTeam()?.resize(most);
  },
  async configure({ config, text }) {
    if (session) return session.configure(config, text);
    session = createSession(config, text, { tell });
    return session.report;
  },
  probe: () => measure(false),
  step: () => measure(true),
  evaluate: () => current().evaluate(),
  inspect: (request) => current().inspect(request),
  roof: measureRoof,
  normCost: timeNorm,
  reset: async () => current().reset(),
  saveWeights: () => current().saveWeights(),
  saveCheckpoint: () => current().saveCheckpoint(),
  async restore({ checkpoint, text }) {
    if (session) return session.restore(checkpoint, text);
    session = restoreSession(checkpoint, text, { tell });
    return session.report;
  },
  advance: (goal) => current().advance(goal),
  loadWeights: async (bytes, transpose) => current().loadWeights(bytes, transpose),
});

serve(makeEngine, { explained: (error) => explained(error, shaderBackend()?.device) });
