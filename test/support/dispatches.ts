/*
 * What one measured step asks of a WebGPU device, by kernel, for some settings of a link:
 *   npx tsx test/support/dispatches.ts 'n_layers=12&norm=rmsnorm'
 */
import { decode } from '../../src/config/codec';
import { createSession } from '../../src/engine/session';
import { TEXT } from '../engine/support';
import { openWebGPU } from './dawn';

const backend = await openWebGPU();
const { config, problems } = decode(process.argv[2] ?? '');
for (const { message } of problems) console.log(message);

/** How often each pipeline was dispatched, by the name of its shader. */
const dispatched = new Map<string, number>();
let copies = 0;
const nameOf = (pipeline: GPUComputePipeline) =>
  Object.entries(backend.pipelineCache).find(([, one]) => one === pipeline)?.[0] ?? 'unknown';
const { createCommandEncoder } = backend.device;
backend.device.createCommandEncoder = function (...args) {
  const encoder = createCommandEncoder.apply(this, args);
  const { beginComputePass, copyBufferToBuffer } = encoder;
  encoder.beginComputePass = function (...args) {
    const pass = beginComputePass.apply(this, args);
    const { setPipeline, dispatchWorkgroups } = pass;
    let name = '';
    pass.setPipeline = function (pipeline) {
      name = nameOf(pipeline);
      setPipeline.call(this, pipeline);
    };
    pass.dispatchWorkgroups = function (...groups) {
      dispatched.set(name, (dispatched.get(name) ?? 0) + 1);
      dispatchWorkgroups.apply(this, groups);
    };
    return pass;
  };
  encoder.copyBufferToBuffer = function (this: GPUCommandEncoder, ...args: unknown[]) {
    copies++;
    copyBufferToBuffer.apply(this, args as Parameters<typeof copyBufferToBuffer>);
  } as typeof copyBufferToBuffer;
  return encoder;
};

const session = createSession(config, TEXT);
await session.measure(true);
dispatched.clear();
copies = 0;
const { cost } = await session.measure(true);
const short = (name: string) => name.replace(/^([^|]{1,80}).*/, '$1');
for (const [name, count] of [...dispatched].sort((a, b) => b[1] - a[1])) {
  console.log(String(count).padStart(5), short(name));
}
console.log({
  dispatches: cost.dispatches,
  copies,
  submits: cost.submits,
  pipelines: backend.pipelines,
});
process.exit();
