const ELSEWHERE =
  'If it happens again, WebAssembly runs the model without it: choose that where the page names the device';

const firstLine = (message: string) => message.split('\n', 1)[0]!.replace(/[.\s]+$/, '');

/**
 * Tells of what a device refuses or cannot do, and of its loss. Neither is an error of the call that asked for
 * it: nobody else learns of it, and what is computed from there on is wrong.
 */
export function watch(
  device: Pick<GPUDevice, 'addEventListener' | 'lost'>,
  tell: (message: string) => void,
): void {
  device.addEventListener('uncapturederror', ({ error }) => {
    const what =
      error instanceof GPUOutOfMemoryError
        ? 'the graphics device has no memory left for a model of this size'
        : 'the graphics device refused a command';
    tell(`${what} (${firstLine(error.message)}). ${ELSEWHERE}.`);
  });
  void device.lost.then(({ reason, message }) => {
    // Nobody is surprised by a device that was given up.
    if (reason === 'destroyed') return;
    tell(
      `the graphics device was lost (${firstLine(message) || 'no reason was given'}). ${ELSEWHERE}.`,
    );
  });
}
