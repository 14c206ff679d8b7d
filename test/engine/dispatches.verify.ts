import { OTHERS, testDispatches } from './dispatchesSupport';

testDispatches(OTHERS);
