import workerpool from 'workerpool';
import { readWanted } from './sweepArguments';
import { openJobs } from './sweepJob';

// Ctrl-C on a terminal is told to all of its processes; the one that writes the file ends the others.
process.on('SIGINT', () => {});

const make = await openJobs(await readWanted(process.argv.slice(2)));
workerpool.worker({ make: (key: string) => make(key, workerpool.workerEmit) });
