import * as tf from '@tensorflow/tfjs-core';
import { isSoftware } from '../../lib/adapters';
import { TapingBackend } from './backend';
import { registerBinary } from './binary';

/** Features that kernels use where the adapter has them. */
const FEATURES = ['subgroups'] as const satisfies GPUFeatureName[];
/** A language feature that shaders need beside the device's: a subgroup’s place among the others. */
const SUBGROUP_PLACES = 'subgroup_id';

/** Limits of which kernels want as much as the adapter has. */
const LIMITS = [
  'maxStorageBuffersPerShaderStage',
  'maxStorageBufferBindingSize',
  'maxBufferSize',
  'maxComputeWorkgroupStorageSize',
  'maxComputeInvocationsPerWorkgroup',
  'maxComputeWorkgroupSizeX',
  'maxComputeWorkgroupSizeY',
  'maxComputeWorkgroupSizeZ',
  'maxComputeWorkgroupsPerDimension',
] as const satisfies (keyof GPUSupportedLimits)[];

async function openBackend(gpu: GPU): Promise<TapingBackend> {
  const adapter = await gpu.requestAdapter({ powerPreference: 'high-performance' });
  if (!adapter) throw new Error('There is no WebGPU adapter.');
  const device = await adapter.requestDevice({
    requiredFeatures: FEATURES.filter((feature) => adapter.features.has(feature)),
    requiredLimits: Object.fromEntries(LIMITS.map((limit) => [limit, adapter.limits[limit]])),
  });
  const { vendor, architecture, description } = adapter.info;
  const backend = new TapingBackend(device, adapter.info);
  backend.hasBarriers = !isSoftware([vendor, architecture, description].join(' '));
  backend.hasSubgroups =
    device.features.has('subgroups') && gpu.wgslLanguageFeatures.has(SUBGROUP_PLACES);
  return backend;
}

/**
 * Registers the backend `webgpu`. The library’s module has registered one of its own when it was imported,
 * which asks the adapter for less: eight storage buffers a shader, and no subgroups.
 */
export function registerWebGPU(gpu: GPU = navigator.gpu): void {
  if (tf.engine().registryFactory['webgpu']) tf.removeBackend('webgpu');
  tf.registerBackend('webgpu', () => openBackend(gpu), 3);
  registerBinary();
  // Small inputs are not to wander to the CPU and back within a step.
  tf.env().set('WEBGPU_CPU_FORWARD', false);
}
