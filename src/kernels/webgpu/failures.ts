const ELSEWHERE =
  'If it happens again, WebAssembly runs the model without it: choose that where the page names the device';

const firstLine = (message: string) => message.split('\n', 1)[0]!.replace(/[.\s]+$/, '');

const lossOf = ({ message }: GPUDeviceLostInfo) =>
  `the graphics device was lost (${firstLine(message) || 'no reason was given'}). ${ELSEWHERE}.`;

/** Milliseconds in which a device that was lost says so. */
const SOON = 200;

/** The cause of a failed call: on a lost device all calls fail, each in words of its own. */
export async function explained(
  error: unknown,
  device: Pick<GPUDevice, 'lost'> | undefined,
): Promise<unknown> {
  if (!device) return error;
  const later = new Promise<null>((resolve) => void setTimeout(resolve, SOON, null));
  const loss = await Promise.race([device.lost, later]);
  if (!loss) return error;
  const said = lossOf(loss);
  return new Error(said[0]!.toUpperCase() + said.slice(1));
}

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
  void device.lost.then((loss) => {
    // Nobody is surprised by a device that was given up.
    if (loss.reason !== 'destroyed') tell(lossOf(loss));
  });
}
