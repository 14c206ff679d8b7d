import { afterAll } from 'vitest';

import { closeAll } from './page';

afterAll(closeAll);
