import {
  callKernel,
  instances,
  type KernelCall,
  type WasmExports,
  type WasmModules,
} from '../exports';
import { meet, type Arrivals } from './barrier';

/** A call of a kernel, and whether every thread does a part of it, or one thread all of it. */
export type SharedCall = KernelCall & { divided: boolean };

/** Calls that the team makes between two meetings; none while its leader works alone. */
export type Phase = SharedCall[];

export type Order =
  | { kind: 'start'; modules: WasmModules; memory: WebAssembly.Memory; arrivals: Arrivals }
  | { kind: 'learn'; program: number; phases: Phase[] }
  | { kind: 'forget'; program: number }
  /** `arrived`: the count of arrivals before; `scratchBytes`: what every thread has of scratch. */
  | ({ kind: 'run'; program: number } & Run);
export interface Run {
  part: number;
  parts: number;
  arrived: number;
  scratchBytes: number;
}

/** This thread's share of a phase. */
export function doPhase(kernels: WasmExports, phase: Phase, part: number, parts: number) {
  for (let i = 0; i < phase.length; i++) {
    const call = phase[i]!;
    if (!call.divided && i % parts !== part) continue;
    const instance = call.rounding ? kernels.rounding : kernels.exact;
    if (call.divided) instance.share(part, parts);
    callKernel(kernels, call);
    // An undivided call, now or between phases, may consist of kernels that could be divided.
    if (call.divided) instance.share(0, 1);
  }
}

/**
 * A member of a team, which carries out orders with an instance of its own in the memory of the lane's engine.
 *
 * @param answer tells the leader that the member is ready
 */
export function createMember(answer: (ready: 'ready') => void) {
  let kernels: WasmExports;
  let arrivals: Arrivals;
  const programs = new Map<number, Phase[]>();
  return (order: Order) => {
    switch (order.kind) {
      case 'start': {
        kernels = instances(order.modules, order.memory);
        ({ arrivals } = order);
        answer('ready');
        return;
      }
      case 'learn':
        programs.set(order.program, order.phases);
        return;
      case 'forget':
        programs.delete(order.program);
        return;
      case 'run': {
        const { part, parts, scratchBytes } = order;
        let { arrived } = order;
        for (const instance of [kernels.exact, kernels.rounding]) instance.be(part, scratchBytes);
        for (const phase of programs.get(order.program)!) {
          doPhase(kernels, phase, part, parts);
          meet(arrivals, (arrived += parts));
        }
      }
    }
  };
}
