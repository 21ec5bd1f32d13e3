/**
 * Registers the kernels of this package for cpu, wasm and webgpu. {@link applyDge} does it by itself; calling it again
 * does nothing.
 */
export declare function registerDge(): void;
//# sourceMappingURL=register.d.ts.map