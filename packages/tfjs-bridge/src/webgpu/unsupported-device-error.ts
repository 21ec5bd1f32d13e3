/** No device of the wanted kind can be had on this machine; the message says what to install. */
export class UnsupportedDeviceError extends Error {
  override readonly name = 'UnsupportedDeviceError';
}
