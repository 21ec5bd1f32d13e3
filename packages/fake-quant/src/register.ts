import { registerFakeQuantize } from './fake-quantize/register.ts';
import { registerHadamard } from './hadamard/register.ts';

/**
 * Registers the kernels of this package and their gradients. The ops do it by themselves; calling it again does nothing.
 */
export function registerFakeQuant(): void {
  registerFakeQuantize();
  registerHadamard();
}
