import type { TensorInfo } from '@tensorflow/tfjs-core';
import type { TapingBackend } from './backend';
import { NAN, reductions, type Reduction, type Sharing } from './shaders/common';
import type { Rounding } from '../precision/current';
import { arithmetic, nameOf } from './shaders/arithmetic';
import type { SumRole } from './trace';

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
  /** Inputs that are not given are not in the text either. */
  inputs: Record<string, TensorInfo | null | undefined>;
  /** Read as `u.name`. */
  uniforms: Record<string, Uniform>;
  threads: number;
  groups: number;
  /** True where lanes combine values by subgroups; `subgroup` says which is theirs, and how many there are. */
  subgroups?: boolean;
  /** Declares `fn main(group: u32, thread: u32)`, and what it needs; `arithmetic` is there to be called. */
  code: () => string;
  /** The format that it computes in, if it is not float32. */
  rounding?: Rounding | null | undefined;
  /** The program in its place beside a sum on a tape, with the tensors that a `SumRole` says. */
  variant?: { is: Exclude<SumRole['is'], 'sum'>; program: () => Program } | undefined;
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

const SUBGROUPS = {
  enabled: 'enable subgroups; requires subgroup_id;',
  declared: `
    struct Subgroup { id: u32, count: u32 }
    var<private> subgroup: Subgroup;`,
  given: '@builtin(subgroup_id) id: u32, @builtin(num_subgroups) count: u32,',
  kept: 'subgroup = Subgroup(id, count);',
};
const NO_SUBGROUPS = { enabled: '', declared: '', given: '', kept: '' };

function textOf(program: Program, inputs: Given[]) {
  const { outputs, uniforms, threads, subgroups, code, rounding } = program;
  const written = Object.keys(outputs);
  const scalar = ({ dtype }: TensorInfo) => (dtype === 'float32' ? 'f32' : 'i32');
  const arrays = [
    ...written.map((name) => `var<storage, read_write> ${name}: array<f32>;`),
    ...inputs.map(([name, tensor]) => `var<storage, read> ${name}: array<${scalar(tensor)}>;`),
    'var<uniform> u: Uniforms;',
    ...(rounding?.counter ? ['var<storage, read_write> losses: array<atomic<u32>>;'] : []),
  ];
  const { functions, finish } = arithmetic(rounding);
  const { enabled, declared, given, kept } = subgroups ? SUBGROUPS : NO_SUBGROUPS;
  return `
    ${enabled}
    struct Uniforms {
      ${Object.entries(uniforms)
        .map(([name, { type }]) => `${name}: ${type},`)
        .join('\n')}
    }
    ${arrays.map((array, binding) => `@group(0) @binding(${binding}) ${array}`).join('\n')}
    ${declared}
    ${functions}
    ${code()}
    @compute @workgroup_size(${threads})
    fn start(
      @builtin(workgroup_id) at: vec3u,
      @builtin(num_workgroups) groups: vec3u,
      @builtin(local_invocation_index) thread: u32,
      ${given}
    ) {
      ${kept}
      main(at.y * groups.x + at.x, thread);
      ${finish}
    }`;
}

type Given = [name: string, tensor: TensorInfo];
const givenTo = ({ inputs }: Program) =>
  Object.entries(inputs).filter((input): input is Given => !!input[1]);

const fits = ({ mostBuffers }: TapingBackend, program: Program) =>
  Object.keys(program.outputs).length +
    givenTo(program).length +
    Number(!!program.rounding?.counter) <=
  mostBuffers;

/** The pipeline of a program, compiled where it is the first of its text. */
function pipelineOf(backend: TapingBackend, program: Program): GPUComputePipeline {
  const { outputs, uniforms, threads, rounding } = program;
  const name = [program.name, ...(rounding ? [nameOf(rounding)] : [])].join('/');
  const inputs = givenTo(program);
  const names = [Object.keys(outputs), inputs.map(([name, { dtype }]) => `${name}:${dtype}`)];
  const key = [name, ...names, Object.keys(uniforms), threads].join('|');
  return (backend.pipelineCache[key] ??= backend.device.createComputePipeline({
    label: name,
    layout: 'auto',
    compute: {
      module: backend.device.createShaderModule({ label: name, code: textOf(program, inputs) }),
      entryPoint: 'start',
    },
  }));
}

function roleOf(
  backend: TapingBackend,
  { variant, uniforms, rounding }: Program,
): SumRole | undefined {
  if (!variant) return undefined;
  const program = { ...variant.program(), uniforms, rounding };
  if (!fits(backend, program)) return undefined;
  return { is: variant.is, pipeline: () => pipelineOf(backend, program) };
}

/** Runs a program, or writes it down where the backend traces. */
export function run(backend: TapingBackend, given: Program): void {
  const counter = given.rounding?.counter;
  // Last the stretch of a sum beside it, which `fusion.ts` takes from the program of that sum.
  const stretch = counter && u32(counter.stretch);
  const place: Record<string, Uniform> = stretch ? { stretch, sumStretch: stretch } : {};
  const program = { ...given, uniforms: { ...given.uniforms, ...place } };
  if (!fits(backend, program)) {
    throw new Error(`${program.name} binds more tensors than this device does.`);
  }
  backend.dispatch(
    pipelineOf(backend, program),
    Object.values(program.outputs),
    givenTo(program).map(([, tensor]) => tensor),
    blockOf(Object.values(program.uniforms)),
    dimensions(program.groups, backend.device.limits.maxComputeWorkgroupsPerDimension),
    { counter: counter?.losses, role: roleOf(backend, program) },
  );
}

/** A program as a kernel gives it; threads and groups follow from the device. */
type ProgramBody = Pick<Program, 'name' | 'outputs' | 'inputs' | 'code'> & {
  uniforms?: Record<string, Uniform>;
};

/** A thread for each of `count` numbers: the code declares `fn each(i: u32)`. */
export const elementwise = (body: ProgramBody, count: number): Program => ({
  ...body,
  uniforms: { ...body.uniforms, count: u32(count) },
  threads: THREADS,
  groups: Math.ceil(count / THREADS),
  code: () => `
    ${body.code()}
    fn main(group: u32, thread: u32) {
      let i = group * ${THREADS}u + thread;
      if (i < u.count) { each(i); }
    }`,
});

const sharingOf = ({ hasBarriers, hasSubgroups }: TapingBackend): Sharing =>
  !hasBarriers ? 'none' : hasSubgroups ? 'subgroups' : 'memory';

/**
 * A workgroup for each of `count` rows, whose threads share the row: the code declares
 * `fn row(r: u32, lane: u32)`, goes over a row in steps of `LANES` from `lane`, and puts together what its lanes found with
 * the `reductions` it names. Where threads are not to wait for each other, a row is one thread: then LANES
 * is 1 and the same code holds.
 */
export function rowwise(
  backend: TapingBackend,
  body: ProgramBody & { types?: string; reductions?: Reduction[] },
  count: number,
  lanes = THREADS,
): Program {
  const sharing = sharingOf(backend);
  const shared = sharing !== 'none';
  const LANES = shared ? lanes : 1;
  return {
    ...body,
    name: `${body.name}/${LANES}/${sharing}`,
    subgroups: sharing === 'subgroups',
    uniforms: { ...body.uniforms, count: u32(count) },
    threads: shared ? lanes : THREADS,
    groups: shared ? count : Math.ceil(count / THREADS),
    code: () => `
      const LANES = ${LANES}u;
      ${NAN}
      ${body.types ?? ''}
      ${reductions(sharing, lanes, body.reductions ?? [])}
      ${body.code()}
      fn main(group: u32, thread: u32) {
        let r = ${shared ? 'group' : `group * ${THREADS}u + thread`};
        if (r < u.count) { row(r, ${shared ? 'thread' : '0u'}); }
      }`,
  };
}

type Tensors = Program['inputs'];

/**
 * A program that reads x, and on a tape may make it: `make` is given the tensors of either, and whether
 * x is to be the sum of a and b.
 */
export function ofSum<
  Inputs extends Tensors & { x: TensorInfo },
  Outputs extends Program['outputs'],
>(
  { x, ...rest }: Inputs,
  outputs: Outputs,
  make: (tensors: Pick<Program, 'inputs' | 'outputs'>, isSum: boolean) => Program,
): Program {
  const variant = () => make({ inputs: { a: x, b: x, ...rest }, outputs: { ...outputs, x } }, true);
  return {
    ...make({ inputs: { x, ...rest }, outputs }, false),
    variant: { is: 'reader', program: variant },
  };
}

/** A program that writes dx first, and on a tape may add to it what it then reads last, `added`. */
export function intoSum(
  inputs: Tensors,
  { dx, ...rest }: Program['outputs'] & { dx: TensorInfo },
  make: (tensors: Pick<Program, 'inputs' | 'outputs'>, isSum: boolean) => Program,
): Program {
  const outputs = { dx, ...rest };
  return {
    ...make({ inputs, outputs }, false),
    variant: {
      is: 'summand',
      program: () => make({ inputs: { ...inputs, added: dx }, outputs }, true),
    },
  };
}
