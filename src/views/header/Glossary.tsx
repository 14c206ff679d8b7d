import { useScope } from '../scope';
import { later } from '../ui/later';

const Shown = later(() => import('../glossary/Glossary').then((code) => code.Glossary));

/** The glossary where it is open, which a link and a key can do. */
export function Glossary() {
  const at = useScope(({ view }) => view.words);
  return at !== null && <Shown at={at} />;
}
