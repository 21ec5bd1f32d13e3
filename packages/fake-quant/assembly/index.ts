export { fakeQuantize, fakeQuantizeUnscaled, setElementFormat, setScaling } from './fake-quantize';
export { fakeQuantizeGradient, fakeQuantizeGradientUnscaled } from './gradient';
export { hadamardTransform } from './hadamard';
