/** A graphics processor, or what stands in for one, as WebGPU names it. */
export interface AdapterReport {
  /** All that the browser or driver calls it by. */
  name: string;
  /** Lanes of a subgroup at least and at most; null where the adapter has none. */
  subgroups: [least: number, most: number] | null;
  features: string[];
}

/** The adapter that the engines of a benchmark run on, or null. */
export async function describeAdapter(gpu: GPU | undefined): Promise<AdapterReport | null> {
  const adapter = await gpu?.requestAdapter({ powerPreference: 'high-performance' });
  if (!adapter) return null;
  const { vendor, architecture, device, description } = adapter.info;
  const { subgroupMinSize, subgroupMaxSize } = adapter.info;
  return {
    name: [vendor, architecture, device, description].filter(Boolean).join(' ') || 'unnamed',
    subgroups: adapter.features.has('subgroups') ? [subgroupMinSize, subgroupMaxSize] : null,
    features: [...adapter.features].sort(),
  };
}
