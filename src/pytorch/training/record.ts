import { blockSitesOf, sitesOf } from '../../config/sites';
import type { Config } from '../../config/fields';
import { SITE_STATISTICS, siteStatisticsOf } from '../../config/statistics';
import { wrapped } from '../python';
import type { Section } from '../section';

/** The statistics of sites that a script measures: all but counts of what low precision loses. */
const measuredOf = (config: Config) =>
  siteStatisticsOf(config).filter((id) => !SITE_STATISTICS[id].counts);

/** A list of names, in lines. */
const tuple = (name: string, items: readonly string[]): string =>
  `${name} = (\n${wrapped(items.map((item) => `"${item}",`).join(' '), 94)
    .map((line) => `    ${line}`)
    .join('\n')}\n)`;

function sites(config: Config): string {
  const outside = sitesOf(config)
    .filter((site) => !site.startsWith('blocks.'))
    .map((site) => `"${site}"`);
  const [first, ...last] = outside;
  return `
${tuple('BLOCK_SITES', blockSitesOf(config))}
SITES = [
    ${first},
    *(f"blocks.{layer}.{site}" for layer in range(N_LAYERS) for site in BLOCK_SITES),
${last.map((site) => `    ${site},\n`).join('')}]
${tuple('SITE_STATISTICS', measuredOf(config))}
`;
}

const NUMBERS = `
def float32(x: float) -> float:
    try:
        return struct.unpack("f", struct.pack("f", x))[0]
    except OverflowError:
        return math.copysign(math.inf, x)


def shortest(x: float) -> Any:
    """The fewest digits that lead back to x in float32; what is not finite is a string."""
    rounded = float32(x)
    if not math.isfinite(rounded):
        return "NaN" if math.isnan(rounded) else "Infinity" if rounded > 0 else "-Infinity"
    for digits in range(1 if abs(rounded) < 2.0**-126 else 6, 9):
        candidate = float(f"{rounded:.{digits}g}")
        if float32(candidate) == rounded:
            return candidate
    return float(f"{rounded:.9g}")


def recorded(value: Any) -> Any:
    """Lists and dictionaries of numbers as a record has them; whole numbers and words stay."""
    if isinstance(value, dict):
        return {key: recorded(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [recorded(item) for item in value]
    return shortest(value) if isinstance(value, float) else value
`;

const RECORD = `
class Record:
    """
    record.json, one frame on a line. What ends the file is written with every frame, and over it
    the next one: it is whole at any time.
    """

    def __init__(self, folder: Path, head: Dict[str, Any], notes: List[str]) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.file = (folder / "record.json").open("wb")
        self.file.write(self.json(head)[:-1] + b',"frames":[')
        self.separator = b"\\n"
        self.end = b"]" + (b',"notes":' + self.json(notes) if notes else b"") + b"}\\n"

    @staticmethod
    def json(value: Any) -> bytes:
        return json.dumps(value, separators=(",", ":"), allow_nan=False).encode()

    def write(self, frame: Dict[str, Any]) -> None:
        self.file.write(self.separator + self.json(recorded(frame)))
        self.separator = b",\\n"
        place = self.file.tell()
        self.file.write(self.end)
        self.file.flush()
        self.file.seek(place)
`;

export const siteSection = (config: Config): Section => ({
  title: 'Sites',
  code: sites(config),
});

export const recordSection = (): Section => ({
  title: 'Record',
  code: [NUMBERS, RECORD].map((part) => part.trim()).join('\n\n\n'),
});
