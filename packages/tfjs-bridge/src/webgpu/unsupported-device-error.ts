/** No device of the wanted kind can be had on this machine; the message says what to install. */
export class UnsupportedDeviceError extends Error {
  /** What tells it apart where `instanceof` cannot, as between two copies of the package. */
  override readonly name = 'UnsupportedDeviceError';
  /** The adapter there is, when it was refused because it runs on the CPU. */
  readonly softwareAdapter: string | undefined;

  constructor(message: string, options: ErrorOptions & { softwareAdapter?: string } = {}) {
    super(message, options);
    this.softwareAdapter = options.softwareAdapter;
  }
}
