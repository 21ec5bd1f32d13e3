export declare const wasmBinary: string;
//# sourceMappingURL=wasm-binary.generated.d.ts.map