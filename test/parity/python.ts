import { spawnSync } from 'node:child_process';

/** The first Python that has a module, PyTorch unless it is named: the one that PYTHON names, or a usual one. */
export function findPython(module = 'torch'): string | undefined {
  const candidates = [process.env.PYTHON, '/usr/bin/python3', 'python3'];
  return candidates.find(
    (python) => python && spawnSync(python, ['-c', `import ${module}`]).status === 0,
  );
}
