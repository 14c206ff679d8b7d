import { useEffect, useState } from 'react';
import { reasonOf } from '../../lib/reason';
import { useActions } from '../scope';

/**
 * Functions that the first picture does without; null until they are there.
 *
 * @param fetchCode one of `later`, the same for every use
 */
export function useCode<Code extends object>(
  fetchCode: () => Promise<Code>,
  isNeeded = true,
): Code | null {
  const { notify } = useActions();
  const [code, setCode] = useState<Code | null>(null);
  useEffect(() => {
    if (!isNeeded || code) return;
    fetchCode().then(setCode, (error: unknown) =>
      notify({ level: 'error', about: 'page', text: reasonOf(error) }),
    );
  }, [fetchCode, isNeeded, code, notify]);
  return code;
}
