/** Holds the lock of a worker’s name, by which the page learns of its death; done once it is held. */
export const living = new Promise<void>((resolve) => {
  if (!navigator.locks || !self.name) return resolve();
  const held = () => {
    resolve();
    return new Promise(() => {});
  };
  void navigator.locks.request(self.name, held).catch(() => resolve());
});
