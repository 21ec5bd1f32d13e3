/** What to do in one browser to get WebGPU. */
export interface WebGpuAdvice {
  readonly browser: string;
  readonly advice: string;
}

/** By browser. Which versions have it on which systems: the implementation status that the WebGPU working group keeps. */
export const webGpuAdvice: readonly WebGpuAdvice[] = [
  {
    browser: 'Chrome',
    advice:
      'has WebGPU on Windows, macOS and ChromeOS since version 113, on Android since 121. Update it, and see that "Use graphics acceleration when available" is on in its settings under System. chrome://gpu says what it found.',
  },
  {
    browser: 'Chrome on Linux',
    advice:
      'needs a Vulkan driver. Since version 144 WebGPU is on by itself with newer Intel GPUs; with others start Chrome with --enable-unsafe-webgpu --enable-features=Vulkan, or switch on chrome://flags/#enable-unsafe-webgpu and #enable-vulkan. vulkaninfo must list the GPU.',
  },
  {
    browser: 'Edge',
    advice:
      'has WebGPU since version 113. Update it, and see that "Use graphics acceleration when available" is on in its settings under System and performance. edge://gpu says what it found.',
  },
  {
    browser: 'Firefox',
    advice:
      'has WebGPU on Windows since version 141 and on Macs with Apple silicon since 145. Elsewhere set dom.webgpu.enabled to true in about:config, or take Firefox Nightly.',
  },
  {
    browser: 'Safari',
    advice:
      'has WebGPU since version 26, on macOS 26, iOS 26 and iPadOS 26. Before that, switch it on under Develop, Feature Flags, or in the settings of iOS under Apps, Safari, Advanced, Feature Flags.',
  },
];

/** The browser that the page runs in, as {@link webGpuAdvice} names it; undefined for others. */
export function browserOf(userAgent: string): string | undefined {
  if (/ Edg(A|iOS)?\//.test(userAgent)) return 'Edge';
  if (/ Firefox\/| FxiOS\//.test(userAgent)) return 'Firefox';
  if (/Chrome\/|CriOS\//.test(userAgent)) {
    return /Linux(?!.*Android)/.test(userAgent) ? 'Chrome on Linux' : 'Chrome';
  }
  return / Safari\//.test(userAgent) ? 'Safari' : undefined;
}
