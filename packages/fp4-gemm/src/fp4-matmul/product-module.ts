import type { GradientModule } from '../gradient/wasm-module.ts';
import type { MatMulModule } from '../wasm-modules.ts';

/** The products that each variant of the instructions has a module of. */
export type ProductModule = MatMulModule & GradientModule;
