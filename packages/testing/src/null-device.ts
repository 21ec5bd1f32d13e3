let entry: GPU | undefined;

/**
 * A device of Dawn's null backend, which parses and validates shaders and pipelines in full and runs nothing. It offers
 * every feature, the experimental ones included, so it tells whether WGSL is right where no adapter has what it needs.
 *
 * @param features - the features to have, as in `requiredFeatures`
 */
export async function nullDevice(features: readonly string[]): Promise<GPUDevice> {
  // Imported late: not every platform that runs tests has Dawn.
  const { create, globals } = await import('webgpu');
  Object.assign(globalThis, globals);
  // Dawn crashes when this object is collected while its devices live.
  entry ??= create(['backend=null', 'enable-dawn-features=allow_unsafe_apis']);
  const adapter = await entry.requestAdapter();
  return adapter!.requestDevice({ requiredFeatures: features as GPUFeatureName[] });
}
