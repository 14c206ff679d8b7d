import { useEffect, useState } from 'react';
import { reasonOf } from '../../lib/reason';
import type { Later } from '../../runs/later';
import { useActions } from '../scope';

/** Functions that the first picture does without; null until they are there. */
export function useCode<Code extends object>(fetchCode: Later<Code>, isNeeded = true): Code | null {
  const { notify } = useActions();
  const [code, setCode] = useState<Code | null>(fetchCode.loaded);
  useEffect(() => {
    if (!isNeeded || code) return;
    fetchCode().then(setCode, (error: unknown) =>
      notify({ level: 'error', about: 'page', text: reasonOf(error) }),
    );
  }, [fetchCode, isNeeded, code, notify]);
  return code;
}
