export { fakeQuantize, fakeQuantizeUnscaled, setElementFormat, setScaling } from './fake-quantize';
