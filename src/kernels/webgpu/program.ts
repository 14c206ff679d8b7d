import type { TensorInfo } from '@tensorflow/tfjs-core';
import type { RecordingBackend } from './backend';
import { NAN, reductions, type Reduction } from './shaders/common';

/** A number of a uniform block: what changes with a configuration is no part of a shader’s text. */
export interface Uniform {
  type: 'u32' | 'f32';
  value: number;
}
export const u32 = (value: number): Uniform => ({ type: 'u32', value });
export const f32 = (value: number): Uniform => ({ type: 'f32', value });

/** One run of a shader of ours, which may have several results. */
export interface Program {
  /** Names the text: with the names of tensors and uniforms, two programs of one name have one text. */
  name: string;
  /** Arrays by their names in the text. float32 is `array<f32>`, int32 `array<i32>`. */
  outputs: Record<string, TensorInfo>;
  /** What is not given is not in the text either. */
  inputs: Record<string, TensorInfo | null | undefined>;
  /** Read as `u.name`. */
  uniforms: Record<string, Uniform>;
  /** Threads of a workgroup. */
  threads: number;
  groups: number;
  /** Declares `fn main(group: u32, thread: u32)`, and what it needs. */
  code: () => string;
}

/** Workgroups of 64 threads fill the waves of all cards, and every device allows them. */
export const THREADS = 64;

/** Many groups side by side: no dimension of a dispatch has more than 65535. */
function dimensions(groups: number, most: number): [number, number, number] {
  if (groups <= most) return [groups, 1, 1];
  const rows = Math.ceil(groups / most);
  return [Math.ceil(groups / rows), rows, 1];
}

function blockOf(uniforms: Uniform[]): ArrayBuffer {
  const block = new DataView(new ArrayBuffer(4 * uniforms.length));
  uniforms.forEach(({ type, value }, i) => {
    if (type === 'u32') block.setUint32(4 * i, value, true);
    else block.setFloat32(4 * i, value, true);
  });
  return block.buffer;
}

function textOf({ outputs, uniforms, threads, code }: Program, inputs: [string, TensorInfo][]) {
  const written = Object.keys(outputs);
  const scalar = ({ dtype }: TensorInfo) => (dtype === 'float32' ? 'f32' : 'i32');
  const arrays = [
    ...written.map((name) => `var<storage, read_write> ${name}: array<f32>;`),
    ...inputs.map(([name, tensor]) => `var<storage, read> ${name}: array<${scalar(tensor)}>;`),
    'var<uniform> u: Uniforms;',
  ];
  return `
    struct Uniforms {
      ${Object.entries(uniforms)
        .map(([name, { type }]) => `${name}: ${type},`)
        .join('\n')}
    }
    ${arrays.map((array, binding) => `@group(0) @binding(${binding}) ${array}`).join('\n')}
    ${code()}
    @compute @workgroup_size(${threads})
    fn start(
      @builtin(workgroup_id) at: vec3u,
      @builtin(num_workgroups) groups: vec3u,
      @builtin(local_invocation_index) thread: u32,
    ) {
      main(at.y * groups.x + at.x, thread);
    }`;
}

/** Runs a program, or writes it down where the backend traces. */
export function run(backend: RecordingBackend, program: Program): void {
  const { name, outputs, uniforms, threads, groups } = program;
  const inputs = Object.entries(program.inputs).filter(
    (input): input is [string, TensorInfo] => !!input[1],
  );
  if (Object.keys(outputs).length + inputs.length > backend.mostBuffers) {
    throw new Error(`${name} binds more tensors than this device does.`);
  }
  const names = [Object.keys(outputs), inputs.map(([name, { dtype }]) => `${name}:${dtype}`)];
  const key = [name, ...names, Object.keys(uniforms), threads].join('|');
  backend.pipelineCache[key] ??= backend.device.createComputePipeline({
    label: name,
    layout: 'auto',
    compute: {
      module: backend.device.createShaderModule({ label: name, code: textOf(program, inputs) }),
      entryPoint: 'start',
    },
  });
  backend.dispatch(
    backend.pipelineCache[key],
    Object.values(outputs),
    inputs.map(([, tensor]) => tensor),
    blockOf(Object.values(uniforms)),
    dimensions(groups, backend.device.limits.maxComputeWorkgroupsPerDimension),
  );
}

/** What a kernel says of a program; the rest follows from the device. */
type Part = Pick<Program, 'name' | 'outputs' | 'inputs' | 'code'> & {
  uniforms?: Record<string, Uniform>;
};

/** A thread for each of `count` numbers: the code declares `fn each(i: u32)`. */
export const elementwise = (part: Part, count: number): Program => ({
  ...part,
  uniforms: { ...part.uniforms, count: u32(count) },
  threads: THREADS,
  groups: Math.ceil(count / THREADS),
  code: () => `
    ${part.code()}
    fn main(group: u32, thread: u32) {
      let i = group * ${THREADS}u + thread;
      if (i < u.count) { each(i); }
    }`,
});

/**
 * A workgroup for each of `count` rows, whose threads share the row: the code declares
 * `fn row(r: u32, lane: u32)`, goes over a row in steps of `LANES` from `lane`, and puts together what its lanes found with
 * the `reductions` it names. Where threads are not to wait for each other, a row is one thread: then LANES
 * is 1 and the same code holds.
 */
export function rowwise(
  backend: RecordingBackend,
  part: Part & { types?: string; reductions?: Reduction[] },
  count: number,
  lanes = THREADS,
): Program {
  const shared = backend.hasBarriers;
  const LANES = shared ? lanes : 1;
  return {
    ...part,
    name: `${part.name}/${LANES}`,
    uniforms: { ...part.uniforms, count: u32(count) },
    threads: shared ? lanes : THREADS,
    groups: shared ? count : Math.ceil(count / THREADS),
    code: () => `
      const LANES = ${LANES}u;
      ${NAN}
      ${part.types ?? ''}
      ${reductions(shared, lanes, part.reductions ?? [])}
      ${part.code()}
      fn main(group: u32, thread: u32) {
        let r = ${shared ? 'group' : `group * ${THREADS}u + thread`};
        if (r < u.count) { row(r, ${shared ? 'thread' : '0u'}); }
      }`,
  };
}
