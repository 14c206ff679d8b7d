import workerpool from 'workerpool';
import { openMaker, readTexts } from './labRuns';

// Ctrl-C on a terminal is told to all of its processes; the one that began them ends the others.
process.on('SIGINT', () => {});

const make = await openMaker(await readTexts(process.argv.slice(2)), 'wasm');
workerpool.worker({ make });
